/* SPDX-License-Identifier: MIT */
#include <cstdio>

#include <mim/mim.hpp>

int main()
{
    mim::error error;
    mim::context context(error);
    mim::writer writer(context, "b.tiff", error);
    for (mim::frame &frame : mim::reader(context, "a.gif", error)) {
        std::printf("%u x %u, %g s\n", frame.width, frame.height, frame.seconds());
        writer.append(std::move(frame));
    }
    writer.finish();
    std::puts(error ? error.message() : "done");
}
