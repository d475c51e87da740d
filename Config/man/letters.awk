# Puts right what lowdown(1) writes: letters, lists of terms, and the space around headings and examples; see `page`.

# Code has the characters of the keyboard, and its words are not hyphenated, so that it can be copied.
function literal(text) {
    gsub(/\\-/, "-", text)
    gsub(/-/, "\\-", text)
    gsub(/\\\(aq/, "'", text)
    gsub(/'/, "\\(aq", text)
    gsub(/`/, "\\(ga", text)
    gsub(/\^/, "\\(ha", text)
    gsub(/~/, "\\(ti", text)
    gsub(/…/, "...", text)
    return text
}

function unbroken(text) {
    gsub(/ /, " \\%", text)
    # JSON may be broken behind a comma.
    gsub(/,/, ",\\:", text)
    return literal(text)
}

# What stands between \fC and \fR becomes bold; it may go on in the next line.
function lettered(line,    result, place) {
    result = ""
    while (1) {
        if (is_literal) {
            place = index(line, "\\fR")
            if (!place) return result "\\%" unbroken(line)
            result = result "\\%" unbroken(substr(line, 1, place - 1)) "\\fR"
            line = substr(line, place + 3)
            is_literal = 0
        } else {
            place = index(line, "\\fC")
            if (!place) return result line
            result = result substr(line, 1, place - 1) "\\fB"
            line = substr(line, place + 3)
            is_literal = 1
        }
    }
}

function emit(line) { printf "%s\n", line; last = line }

{ lines[++count] = $0 }

END {
    for (i = 1; i <= count; i++) {
        line = lines[i]
        # Flush left: there is much that can't be broken, which would leave wide gaps.
        if (line ~ /^\.TH /) { emit(line); emit(".ad l"); continue }
        if (line == ".EX") { is_example = 1; emit(".RS 4"); emit(line); continue }
        if (line == ".EE") { is_example = 0; emit(line); emit(".RE"); continue }
        if (is_example) { emit(literal(line)); continue }
        if (line == ".SH" || line == ".SS") { emit(line " \"" lettered(lines[++i]) "\""); continue }
        # The space between the entries of a list is that between paragraphs.
        if (line ~ /^\.if [nt] \\$/) { i++; continue }
        if (line == ".LP" && lines[i + 2] == ".if n \\" && lines[i + 6] ~ /^\.IP "" /) {
            emit(".TP")
            emit(lettered(lines[i + 1]))
            i += 6
            continue
        }
        if (line ~ /^\.(LP|PP)$/) {
            if (last !~ /^\.(SH|SS|RS)/ && i < count && lines[i + 1] !~ /^\.(SH|SS|EX)/) emit(".PP")
            else if (lines[i + 1] == ".EX" && last !~ /^\.(SH|SS)/) emit(".PP")
            continue
        }
        emit(lettered(line))
    }
}
