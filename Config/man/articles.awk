# Makes one page of Markdown of a frame and the articles that it includes; see `page`.

# How a link to an article, or to a file of the documentation, is written in a page.
function page_of(article,    page) {
    page = name_of(article)
    return page == self ? "this page" : page
}

function name_of(article) {
    if (article == "API" || article == "Routes") return "gaffer-api(7)"
    if (article == "Configuration") return "gafferd.ini(5)"
    return "*" article ".md* in */usr/share/doc/gaffer*"
}

function plain(text,    found, name) {
    while (match(text, /<doc:[A-Za-z]+>/)) {
        found = substr(text, RSTART + 5, RLENGTH - 6)
        text = substr(text, 1, RSTART - 1) page_of(found) substr(text, RSTART + RLENGTH)
    }
    # A symbol of DocC: its last part.
    while (match(text, /``[A-Za-z\/]+``/)) {
        found = substr(text, RSTART + 2, RLENGTH - 4)
        sub(/.*\//, "", found)
        text = substr(text, 1, RSTART - 1) "`" found "`" substr(text, RSTART + RLENGTH)
    }
    return text
}

function say(text) { print plain(text) }

# Prints a term with what it means.
function define(term, meaning) { say(term "\n: " meaning "\n") }

function end_of_key() {
    if (term != "") define(term, meaning)
    term = ""
}

# A row of a table: its first columns are the term, its last one the meaning.
function row(line,    cells, count, i) {
    gsub(/\\\|/, "\001", line)
    sub(/^\| */, "", line)
    sub(/ *\|$/, "", line)
    count = split(line, cells, / *\| */)
    for (i in cells) gsub("\001", "|", cells[i])
    if (count == 3) define(cells[1] " (" cells[2] ")", cells[3])
    else define(cells[1], cells[2])
}

function take(line, is_article) {
    if (line ~ /^```/) {
        end_of_key()
        is_code = !is_code
        print line
        return
    }
    if (is_code) { print line; return }
    if (is_article && line ~ /^# /) { is_table = 0; return }
    if (is_article && line == "## Overview") return
    if (is_article && !is_below && line ~ /^##/) line = substr(line, 2)
    if (line ~ /^\|/) {
        # The first two lines are the head of the table.
        if (++is_table > 2) row(line)
        return
    }
    is_table = 0
    if (line ~ /^- `[^`]*` \(.*/) {
        end_of_key()
        match(line, /^- `[^`]*` \(/)
        term = substr(line, 3)
        meaning = ""
        split_key()
        return
    }
    if (term != "" && line ~ /^  /) {
        if (meaning == "") { term = term substr(line, 2); split_key() }
        else meaning = meaning substr(line, 2)
        return
    }
    if (term != "") { end_of_key(); print "" }
    if (line ~ /^# /) line = toupper(line)
    say(line)
}

# A key and its type end at the first "): ", which may stand in a later line than they begin.
function split_key(    place) {
    place = index(term, "): ")
    if (!place && term ~ /\):$/) place = length(term) - 1
    if (!place) return
    meaning = substr(term, place + 3)
    if (meaning == "") meaning = " "
    term = substr(term, 1, place)
}

/^@include(-below)? / {
    path = folder "/" $2
    is_below = $1 == "@include-below"
    while ((status = (getline line < path)) > 0) take(line, 1)
    if (status < 0) { print "articles.awk: there is no " path > "/dev/stderr"; exit 1 }
    close(path)
    end_of_key()
    next
}
{ take($0, 0) }
END { end_of_key() }
