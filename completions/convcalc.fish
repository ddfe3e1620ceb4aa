# Completion of convcalc in fish: convcalc completion fish | source
function __convcalc_candidates
    set -l words (commandline -opc)
    set -l program (string replace -r '^~/' "$HOME/" -- $words[1])
    command $program completion fish --for (commandline -cp | string collect) 2>/dev/null
end
complete -c convcalc -f -k -a '(__convcalc_candidates)'
