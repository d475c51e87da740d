/// The completions of the shells: a few lines each, which ask `PROGRAM __complete` for the candidates.
///
/// So they know the options and jobs of the program and the gafferd that are there.
package enum CompletionScript {
    /// The shells that are known.
    package static let shells = ["bash", "zsh", "fish"]

    /// Printed instead of candidates where the shell is to complete files.
    package static let fileMark = ":file"

    /// The script for a shell; nil where it is not known.
    package static func text(for shell: String, program: String) -> String? {
        switch shell {
        case "bash": bash.replacing("PROGRAM", with: program)
        case "zsh": zsh.replacing("PROGRAM", with: program)
        case "fish": fish.replacing("PROGRAM", with: program)
        default: nil
        }
    }

    private static let bash = #"""
        # Completions of PROGRAM for bash.
        _PROGRAM() {
            local -a lines
            mapfile -t lines < <("${COMP_WORDS[0]}" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
            if [[ "${lines[0]}" == ":file" ]]; then
                compopt -o filenames 2>/dev/null
                mapfile -t COMPREPLY < <(compgen -f -- "${COMP_WORDS[COMP_CWORD]}")
            else
                COMPREPLY=("${lines[@]%%$'\t'*}")
            fi
        }
        complete -F _PROGRAM PROGRAM

        """#

    private static let zsh = #"""
        #compdef PROGRAM
        # Completions of PROGRAM for zsh.
        _PROGRAM() {
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
            _describe 'PROGRAM' values
        }
        if [[ "${funcstack[1]}" == "_PROGRAM" ]]; then
            _PROGRAM "$@"
        else
            compdef _PROGRAM PROGRAM
        fi

        """#

    private static let fish = #"""
        # Completions of PROGRAM for fish.
        function __PROGRAM_complete
            set -l words (commandline -opc) (commandline -ct)
            set -l lines (command $words[1] __complete $words[2..-1] 2>/dev/null)
            if test "$lines[1]" = ":file"
                __fish_complete_path (commandline -ct)
            else
                printf '%s\n' $lines
            end
        end
        complete -c PROGRAM -f -a '(__PROGRAM_complete)'

        """#
}
