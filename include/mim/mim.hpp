/* SPDX-License-Identifier: MIT */
/**
 * @file
 * mim in C++17, header-only: objects that close themselves, and readers, formats and plugins as ranges.
 *
 *     mim::error error;
 *     mim::context context(error);
 *     for (mim_frame &frame : mim::reader(context, "a.gif", error))
 *         std::printf("%u x %u\n", frame.width, frame.height);
 *     if (error)
 *         std::fprintf(stderr, "%s\n", error.message());
 *
 * Nothing throws. The first failure is kept in the error that the calls share, and every later call with it does nothing,
 * so it is enough to ask once, at the end. The error must outlive the objects made with it. Everything is also there in C:
 * get() returns the object of libmim.
 */
#ifndef MIM_HPP
#define MIM_HPP

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <utility>

#include <mim/mim.h>

namespace mim {

/** The first failure, or none. */
class error {
public:
    explicit operator bool() const { return value_.status != MIM_OK; }
    enum mim_status status() const { return value_.status; }
    const char *message() const { return *value_.message ? value_.message : mim_status_text(value_.status); }
    const mim_error &details() const { return value_; }
    /** Forget the failure, to go on. */
    void clear() { value_ = mim_error{}; }

    /** Run a call of libmim with `mim_error *` if nothing has failed yet. true: it returned MIM_OK; MIM_END is no failure. */
    template <class Call> bool run(Call call)
    {
        if (value_.status != MIM_OK)
            return false;
        mim_error failure{};
        enum mim_status status = call(&failure);
        if (status != MIM_OK && status != MIM_END) {
            value_ = failure;
            value_.status = status;
        }
        return status == MIM_OK;
    }

private:
    mim_error value_{};
};

template <auto Close> struct closer {
    template <class T> void operator()(T *object) const { Close(object); }
};
template <class T, auto Close> using handle = std::unique_ptr<T, closer<Close>>;

/** A frame that owns its pixels and metadata. */
class frame : public mim_frame {
public:
    frame() : mim_frame{} {}
    frame(error &err, enum mim_sample sample_type, std::uint32_t columns, std::uint32_t rows, std::uint32_t samples) : frame()
    {
        err.run([&](mim_error *out) { return mim_frame_alloc(this, sample_type, columns, rows, samples, out); });
    }
    frame(frame &&other) noexcept : mim_frame(other) { static_cast<mim_frame &>(other) = mim_frame{}; }
    frame &operator=(frame &&other) noexcept
    {
        std::swap(static_cast<mim_frame &>(*this), static_cast<mim_frame &>(other));
        return *this;
    }
    ~frame() { mim_frame_clear(this); }

    double seconds() const { return mim_frame_seconds(this); }
    /** The samples of a row, as the type that `sample` states. */
    template <class T> T *row(std::uint32_t y) { return reinterpret_cast<T *>(static_cast<char *>(data) + y * stride); }
};

/** Options of a plugin, by name. */
class options {
public:
    void set(error &err, const char *name, const char *value)
    {
        err.run([&](mim_error *out) { return object_ ? mim_options_set_text(get(), name, value, out) : MIM_NOMEM; });
    }
    void set(error &err, const char *name, double value)
    {
        err.run([&](mim_error *out) { return object_ ? mim_options_set_real(get(), name, value, out) : MIM_NOMEM; });
    }
    void set(error &err, const char *name, int value)
    {
        err.run([&](mim_error *out) { return object_ ? mim_options_set_int(get(), name, value, out) : MIM_NOMEM; });
    }
    mim_options *get() const { return object_.get(); }

private:
    handle<mim_options, mim_options_destroy> object_{ mim_options_create() };
};

/** A list of a context, such as its formats: `Item` by `Get`, until it returns 0. */
template <class Item, int (*Get)(mim_context *, std::size_t, Item *)> class list {
public:
    struct sentinel {};
    class iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = Item;
        using difference_type = std::ptrdiff_t;
        using pointer = const Item *;
        using reference = const Item &;

        explicit iterator(mim_context *context) : context_(context) { load(); }
        const Item &operator*() const { return item_; }
        const Item *operator->() const { return &item_; }
        iterator &operator++()
        {
            ++index_;
            load();
            return *this;
        }
        void operator++(int) { ++*this; }
        friend bool operator==(const iterator &it, sentinel) { return !it.is_there_; }
        friend bool operator!=(const iterator &it, sentinel) { return it.is_there_; }

    private:
        void load() { is_there_ = context_ && Get(context_, index_, &item_); }
        mim_context *context_;
        std::size_t index_ = 0;
        Item item_{};
        bool is_there_ = false;
    };

    explicit list(mim_context *context) : context_(context) {}
    iterator begin() const { return iterator(context_); }
    sentinel end() const { return {}; }

private:
    mim_context *context_;
};

class context {
public:
    explicit context(error &err, const mim_context_options &with = {})
    {
        mim_context *made = nullptr;
        err.run([&](mim_error *out) { return mim_context_create(&made, &with, out); });
        object_.reset(made);
    }
    void add_directory(error &err, const char *path)
    {
        err.run([&](mim_error *out) { return mim_context_add_directory(get(), path, out); });
    }
    void configure(error &err, const char *text)
    {
        err.run([&](mim_error *out) { return mim_context_configure(get(), text, out); });
    }
    void set_threads(error &err, unsigned threads)
    {
        err.run([&](mim_error *out) { return mim_context_set_threads(get(), threads, out); });
    }
    list<mim_format_info, mim_context_format> formats() { return list<mim_format_info, mim_context_format>(get()); }
    list<mim_plugin_info, mim_context_plugin> plugins() { return list<mim_plugin_info, mim_context_plugin>(get()); }
    mim_context *get() const { return object_.get(); }

private:
    handle<mim_context, mim_context_destroy> object_;
};

/** An open sequence: a range of frames, from the next one to the last, or to the first failure. */
class reader {
public:
    struct sentinel {};
    class iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = frame;
        using difference_type = std::ptrdiff_t;
        using pointer = frame *;
        using reference = frame &;

        explicit iterator(reader *from) : reader_(from) { ++*this; }
        /** The frame, until the next ++. It may be changed, and moved away. */
        frame &operator*() const { return reader_->current_; }
        frame *operator->() const { return &reader_->current_; }
        iterator &operator++()
        {
            is_there_ = reader_->next(reader_->current_);
            return *this;
        }
        void operator++(int) { ++*this; }
        friend bool operator==(const iterator &it, sentinel) { return !it.is_there_; }
        friend bool operator!=(const iterator &it, sentinel) { return it.is_there_; }

    private:
        reader *reader_;
        bool is_there_ = false;
    };

    reader(context &within, const char *uri, error &err, const mim_open_options &with = {}) : error_(&err)
    {
        mim_reader *made = nullptr;
        err.run([&](mim_error *out) { return mim_reader_open_uri(&made, within.get(), uri, &with, out); });
        object_.reset(made);
    }
    /** Decode the next frame. false: there is none, or it failed. */
    bool next(frame &into)
    {
        return error_->run([&](mim_error *out) { return mim_reader_next(get(), &into, out); });
    }
    bool read(std::uint64_t index, frame &into)
    {
        return error_->run([&](mim_error *out) { return mim_reader_read(get(), index, &into, out); });
    }
    /** Only of a reader that is open. */
    mim_reader_facts facts() const
    {
        mim_reader_facts found{};
        mim_reader_get_facts(get(), &found);
        return found;
    }
    iterator begin() { return iterator(this); }
    sentinel end() const { return {}; }
    mim_reader *get() const { return object_.get(); }

private:
    error *error_;
    handle<mim_reader, mim_reader_close> object_;
    frame current_;
};

/** A sequence to write. Without finish() nothing appears. */
class writer {
public:
    writer(context &within, const char *uri, error &err, const mim_write_options &with = {}) : error_(&err)
    {
        mim_writer *made = nullptr;
        err.run([&](mim_error *out) { return mim_writer_open_uri(&made, within.get(), uri, &with, out); });
        object_.reset(made);
    }
    /** Append a copy of a frame. */
    void append(const mim_frame &given)
    {
        error_->run([&](mim_error *out) { return mim_writer_append(get(), &given, out); });
    }
    /** Append a frame without copying its pixels. */
    void append(frame &&given)
    {
        error_->run([&](mim_error *out) { return mim_writer_take(get(), &given, out); });
    }
    /** Make the file appear, if nothing has failed. */
    bool finish()
    {
        return error_->run([&](mim_error *out) { return mim_writer_finish(object_.release(), out); });
    }
    mim_writer *get() const { return object_.get(); }

private:
    error *error_;
    handle<mim_writer, mim_writer_abandon> object_;
};

/** Convert a file to another. `each(mim_frame &)` returns MIM_OK, MIM_END to end the output, or a failure. */
template <class Each>
bool convert(context &within, const char *input, const char *output, error &err, Each each, mim_convert_options with = {})
{
    with.each = [](void *user, mim_frame *given, mim_error *) { return (*static_cast<Each *>(user))(*given); };
    with.user = &each;
    return err.run([&](mim_error *out) { return mim_convert_uri(within.get(), input, output, &with, out); });
}

} // namespace mim

#endif
