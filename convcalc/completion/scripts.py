"""The shells' own parts of completion: each sends the line up to the cursor and takes what comes back."""

BASH = """\
# Completion of convcalc in bash: eval "$(convcalc completion bash)"
_convcalc() {
    local program=$1 line listing=
    [[ $program == "~/"* ]] && program=$HOME/${program:2}
    # The second TAB only lists, so the list may say more than what would be typed.
    [[ $COMP_TYPE == 63 ]] && listing=--listing
    COMPREPLY=()
    while IFS= read -r line; do
        COMPREPLY[${#COMPREPLY[@]}]=$line
    done < <(
        "$program" completion bash --for "${COMP_LINE:0:COMP_POINT}" --breaks "$COMP_WORDBREAKS" $listing 2>/dev/null
    )
}
# nosort needs bash 4.4.
complete -o nospace -o nosort -F _convcalc convcalc 2>/dev/null || complete -o nospace -F _convcalc convcalc
"""

ZSH = """\
#compdef convcalc
# Completion of convcalc in zsh, after compinit: eval "$(convcalc completion zsh)"
_convcalc() {
    local program=${(Q)words[1]} space value shown
    local -a ended ended_shown open open_shown
    [[ $program == "~/"* ]] && program=$HOME/${program#"~/"}
    while IFS=$'\\t' read -r space value shown; do
        if [[ $space == 1 ]]; then
            ended+=("$value") ended_shown+=("$shown")
        else
            open+=("$value") open_shown+=("$shown")
        fi
    done < <($program completion zsh --for "${(j: :)words[1,CURRENT-1]} $QIPREFIX$PREFIX" 2>/dev/null)
    local case='m:{a-zA-Z}={A-Za-z}' failed=1
    (( $#open )) && compadd -l -V convcalc -M $case -S '' -d open_shown -a open && failed=0
    (( $#ended )) && compadd -l -V convcalc -M $case -d ended_shown -a ended && failed=0
    return failed
}
if [[ $funcstack[1] == _convcalc ]]; then
    _convcalc "$@"
else
    compdef _convcalc convcalc
fi
"""

FISH = """\
# Completion of convcalc in fish: convcalc completion fish | source
function __convcalc_candidates
    set -l words (commandline -opc)
    set -l program (string replace -r '^~/' "$HOME/" -- $words[1])
    command $program completion fish --for (commandline -cp | string collect) 2>/dev/null
end
complete -c convcalc -f -k -a '(__convcalc_candidates)'
"""

SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH}
