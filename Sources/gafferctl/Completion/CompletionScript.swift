/// The completions of the shells: a few lines each, which ask `gafferctl __complete` for the candidates.
///
/// So they know the options and jobs of the gafferctl and gafferd that are there.
enum CompletionScript {
    /// The shells that are known.
    static let shells = ["bash", "zsh", "fish"]

    /// Printed instead of candidates where the shell is to complete files.
    static let fileMark = ":file"

    /// The script for a shell; nil where it is not known.
    static func text(for shell: String) -> String? {
        switch shell {
        case "bash": bash
        case "zsh": zsh
        case "fish": fish
        default: nil
        }
    }

    private static let bash = #"""
        # Completions of gafferctl for bash.
        _gafferctl() {
            local -a lines
            mapfile -t lines < <("${COMP_WORDS[0]}" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
            if [[ "${lines[0]}" == ":file" ]]; then
                compopt -o filenames 2>/dev/null
                mapfile -t COMPREPLY < <(compgen -f -- "${COMP_WORDS[COMP_CWORD]}")
            else
                COMPREPLY=("${lines[@]%%$'\t'*}")
            fi
        }
        complete -F _gafferctl gafferctl

        """#

    private static let zsh = #"""
        #compdef gafferctl
        # Completions of gafferctl for zsh.
        _gafferctl() {
            local -a lines values
            local line value
            lines=("${(@f)$("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
            if [[ "${lines[1]}" == ":file" ]]; then
                _files
                return
            fi
            for line in "${lines[@]}"; do
                value="${line%%$'\t'*}"
                [[ -z "$value" ]] && continue
                value="${value//:/\\:}"
                [[ "$line" == *$'\t'* ]] && value="$value:${line#*$'\t'}"
                values+=("$value")
            done
            _describe 'gafferctl' values
        }
        if [[ "${funcstack[1]}" == "_gafferctl" ]]; then
            _gafferctl "$@"
        else
            compdef _gafferctl gafferctl
        fi

        """#

    private static let fish = #"""
        # Completions of gafferctl for fish.
        function __gafferctl_complete
            set -l words (commandline -opc) (commandline -ct)
            set -l lines (command $words[1] __complete $words[2..-1] 2>/dev/null)
            if test "$lines[1]" = ":file"
                __fish_complete_path (commandline -ct)
            else
                printf '%s\n' $lines
            end
        end
        complete -c gafferctl -f -a '(__gafferctl_complete)'

        """#
}
