# Completion of funnelcli for bash. What the program answers is inserted, never evaluated.
_funnelcli() {
    local word
    COMPREPLY=()
    while IFS= read -r word; do
        if [[ $word == */ ]]; then
            compopt -o default
        else
            # bash takes what follows a = for a word of its own
            [[ $COMP_WORDBREAKS == *=* ]] && word=${word##*=}
            COMPREPLY+=("$word")
        fi
    done < <(command funnelcli --complete "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
}
complete -F _funnelcli funnelcli
