# SPDX-License-Identifier: MIT
# Completion for mim, from the command's own help pages and lists.
_mim() {
    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} words=
    local command=("${COMP_WORDS[@]:1:1}")
    [[ ${command[0]} == plugin ]] && command=("${COMP_WORDS[@]:1:2}")

    if [[ $COMP_CWORD -eq 1 ]]; then
        words="$(mim help 2>/dev/null | sed -n 's/^  mim \([a-z]*\) .*/\1/p') --help --version"
    elif [[ $COMP_CWORD -eq 2 && ${command[0]} == plugin ]]; then
        words=$(mim help plugin 2>/dev/null | sed -n 's/^  mim plugin \([a-z]*\) .*/\1/p')
    elif [[ $before == --from || $before == --to ]]; then
        words=$(mim formats 2>/dev/null | cut -d ' ' -f 1)
    elif [[ $before == --plugin || ${COMP_WORDS[1]} == plugins && $current != -* ]]; then
        words=$(mim plugins 2>/dev/null | sed -n 's/^\([a-z0-9][a-z0-9-]*\)  .*/\1/p')
    elif [[ ${COMP_WORDS[1]} == help ]]; then
        words="$(mim help 2>/dev/null | sed -n 's/^  mim \([a-z]*\) .*/\1/p') $(mim formats 2>/dev/null | cut -d ' ' -f 1)"
    elif [[ $current == -* ]]; then
        words=$(mim help "${command[@]}" 2>/dev/null | grep -oE -- '--[a-z-]+' | sort -u)
    fi
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o default -F _mim mim
