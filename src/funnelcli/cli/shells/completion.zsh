# Completion of funnelcli for zsh. What the program answers is inserted, never evaluated.
(( ${+functions[compdef]} )) || { autoload -Uz compinit && compinit -i; }
_funnelcli() {
    local -a found
    found=(${(f)"$(command funnelcli --complete "${(j: :)words[1,CURRENT-1]} $PREFIX" 2>/dev/null)"})
    if [[ $found[1] == */ ]]; then
        compset -P '--*='
        _files
    else
        compadd -a found
    fi
}
compdef _funnelcli funnelcli
