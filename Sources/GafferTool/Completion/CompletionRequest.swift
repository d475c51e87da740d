/// What the word under the cursor can be completed with, told from the words before it.
package struct CompletionRequest: Equatable {
    /// What belongs there.
    package var kind = Completion.none
    /// What was typed of it so far.
    package var prefix = ""
    /// How much of each candidate stands before the word that the shell replaces, in characters.
    ///
    /// bash takes `=` and `:` for ends of words.
    package var hiddenCount = 0
    /// What stands before each candidate in the word.
    package var stem = ""
    /// The options that were typed, with their values.
    package var given: [ParsedLine.Given] = []
    /// The endpoint that was typed.
    package var endpoint: String? { given.last { $0.name == "endpoint" }?.value }
    /// The options that may be completed.
    package var options: [String] = []

    /// Reads the words of an unfinished command line.
    ///
    /// - Parameter words: the words after the program's name, the last one under the cursor, perhaps empty.
    package init(words: [String], for tool: Tool) {
        let (words, hiddenCount) = CompletionRequest.joined(words)
        guard let current = words.last else { return }
        var command: Command?
        var operandCount = 0
        var awaiting: Option?
        for word in words.dropLast() {
            let known = (command?.options ?? []) + tool.options
            if let option = awaiting {
                given.append(ParsedLine.Given(name: option.name, value: word))
                awaiting = nil
            } else if word.hasPrefix("--") {
                let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                let option = known.first { $0.isNamed(parts.first ?? "") }
                if parts.count == 2 {
                    if let option { given.append(ParsedLine.Given(name: option.name, value: String(parts[1]))) }
                } else if option?.value != nil {
                    awaiting = option
                }
            } else if word.hasPrefix("-"), word.count > 1 {
                if let option = known.first(where: { $0.short == word.last }), option.value != nil { awaiting = option }
            } else if command == nil {
                command = tool.command(named: word)
            } else {
                operandCount += 1
            }
        }
        prefix = current
        self.hiddenCount = hiddenCount
        complete(current, of: command, operandCount, awaiting, tool)
        skipParts(of: current)
    }

    private mutating func complete(
        _ current: String,
        of command: Command?,
        _ operandCount: Int,
        _ awaiting: Option?,
        _ tool: Tool
    ) {
        let known = ((command?.options ?? []) + tool.options).filter { !$0.isHidden }
        if let awaiting {
            kind = CompletionRequest.kind(of: awaiting)
        } else if current.hasPrefix("--"), let sign = current.firstIndex(of: "=") {
            let name = current[current.index(current.startIndex, offsetBy: 2)..<sign]
            guard let option = known.first(where: { $0.isNamed(name) }) else { return }
            kind = CompletionRequest.kind(of: option)
            if case .words(let words) = kind {
                kind = .words(words.map { "--\(name)=\($0)" })
            } else {
                stem = "--\(name)="
            }
        } else if current.hasPrefix("-") {
            kind = .words(known.map { "--\($0.name)" })
        } else if let command {
            guard let operand = command.operands[orLast: operandCount] else { return }
            kind = operand.completion
        } else {
            kind = .command
        }
    }

    /// In a list with commas each part is a word of its own.
    private mutating func skipParts(of current: String) {
        guard kind == .processType, let comma = current.lastIndex(of: ",") else { return }
        stem = String(current[...comma])
    }

    private static func kind(of option: Option) -> Completion {
        option.choices.isEmpty ? option.completion : .words(option.choices)
    }

    /// Puts together what bash took apart.
    private static func joined(_ words: [String]) -> (words: [String], hiddenCount: Int) {
        var result: [String] = []
        var isOpen = false
        var hiddenCount = 0
        for (index, word) in words.enumerated() {
            let isBreak = word == "=" || word == ":"
            if let last = result.last, isBreak || isOpen {
                if index == words.count - 1 { hiddenCount = last.count + (isBreak ? 1 : 0) }
                result[result.count - 1] = last + word
            } else {
                result.append(word)
            }
            isOpen = isBreak
        }
        return (result, hiddenCount)
    }
}

extension [Operand] {
    /// The operand at a place, where the last one may be repeated.
    fileprivate subscript(orLast index: Int) -> Operand? {
        if index < count { return self[index] }
        guard let last, last.count == .any || last.count == .atLeastOne else { return nil }
        return last
    }
}
