# Completion of funnelcli for fish. What the program answers is inserted, never evaluated.
function __funnelcli_complete
    set -l found (command funnelcli --complete (commandline -cp | string collect) 2>/dev/null)
    if string match -q '*/' -- $found[1]
        __fish_complete_path (commandline -ct)
    else
        string join \n -- $found
    end
end
complete -c funnelcli -f -a '(__funnelcli_complete)'
