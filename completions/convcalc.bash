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
