internal import GafferClient
internal import GafferModel

extension TopModel {
    /// Takes a key.
    ///
    /// - Returns: what the loop has to do.
    package mutating func take(_ key: Key) -> [TopAction] {
        defer { settle() }
        switch prompt {
        case .none: return takeCommand(key)
        case .help:
            prompt = .none
            return []
        case .filter:
            takeFilter(key)
            return []
        case .question(_, let action):
            prompt = .none
            if key == .character("y") || key == .character("Y") { return [action] }
            tell("Nothing was done.")
            return []
        case .scale(let job, let text): return takeScale(key, job, text)
        case .signal(let row, let text): return takeSignal(key, row, text)
        }
    }

    private mutating func takeCommand(_ key: Key) -> [TopAction] {
        switch key {
        case .up, .character("k"): move(by: -1)
        case .down, .character("j"): move(by: 1)
        case .pageUp: move(by: -max(1, tableRows - 1))
        case .pageDown: move(by: max(1, tableRows - 1))
        case .home, .character("g"): move(by: -rows.count)
        case .end, .character("G"): move(by: rows.count)
        case .enter, .character(" "): toggleProcesses()
        case .left: changeOrder(by: -1)
        case .right: changeOrder(by: 1)
        case .escape:
            filter = ""
            notice = nil
        case .character(let character): return takeCommand(character)
        case .backspace, .tab, .delete, .unknown: break
        }
        return []
    }

    private mutating func takeCommand(_ character: Character) -> [TopAction] {
        switch character {
        case "q": return [.quit]
        case "\u{0C}": return [.repaint]
        case "?", "h": prompt = .help
        case "/": prompt = .filter
        case "p":
            hidesProcesses.toggle()
            exceptions = []
        case "l": showsLog.toggle()
        case "N": order(by: .name)
        case "S": order(by: .state)
        case "U": order(by: .uptime)
        case "R": order(by: .restarts)
        case "C": order(by: .cpu)
        case "M": order(by: .memory)
        case "<": changeOrder(by: -1)
        case ">": changeOrder(by: 1)
        case "i": isInverted.toggle()
        case "s", "x", "r", "o", "+", "-", "=", "!": return change(character)
        default: tell("\("\(character)".quoted) is no key here: ? shows them all.", isBad: true)
        }
        return []
    }

    /// A key that changes what is selected; what ends processes is asked about first.
    private mutating func change(_ character: Character) -> [TopAction] {
        guard let selection, let job = jobs[selection.job] else {
            tell("There is no job to do that with.", isBad: true)
            return []
        }
        let name = job.name
        let count = job.supervised == 1 ? "1 process" : "\(job.supervised) processes"
        switch (character, selection) {
        case ("s", _): return [.change(name, .state(.start))]
        case ("x", .process(_, let pid)):
            ask("Stop process \(pid) of \(name)? Its job gets a new one.", .stop(pid: pid, name))
        case ("x", .job): ask("Stop \(name) (\(count))?", .change(name, .state(.stop)))
        case ("r", _): ask("Restart \(name) (\(count))?", .change(name, .state(.restart)))
        case ("o", _): ask("Replace the processes of \(name) (\(count))?", .change(name, .state(.reload)))
        case ("+", _): return [.change(name, .scale(.by(1)))]
        case ("-", _): ask("One process of \(name) less (now \(job.wanted))?", .change(name, .scale(.by(-1))))
        case ("=", _): prompt = .scale(name, "")
        default: prompt = .signal(selection, "")
        }
        return []
    }

    private mutating func ask(_ question: String, _ action: TopAction) {
        prompt = .question(question, action)
    }

    private mutating func move(by difference: Int) {
        let rows = rows
        guard let place = rows.firstIndex(where: { $0.id == selection }) else { return }
        select(place + difference, of: rows)
    }

    private mutating func toggleProcesses() {
        guard let name = selection?.job else { return }
        if exceptions.remove(name) == nil { exceptions.insert(name) }
        selection = .job(name)
    }

    private mutating func order(by new: Order) {
        if order == new { isInverted.toggle() } else { isInverted = false }
        order = new
    }

    private mutating func changeOrder(by difference: Int) {
        let all = Order.allCases
        let place = all.firstIndex(of: order) ?? 0
        order = all[(place + difference + all.count) % all.count]
        isInverted = false
    }

    // MARK: What is typed

    /// The most characters that are typed.
    private static let longest = 64

    private mutating func takeFilter(_ key: Key) {
        switch key {
        case .enter: prompt = .none
        case .escape:
            filter = ""
            prompt = .none
        default: filter = Self.edited(filter, key)
        }
    }

    private mutating func takeScale(_ key: Key, _ job: JobName, _ text: String) -> [TopAction] {
        switch key {
        case .escape: prompt = .none
        case .enter:
            prompt = .none
            let word = text.first.map { "+-=".contains($0) } == true ? text : "=" + text
            guard let operation = try? ScaleOperation(parsing: word) else {
                tell("\(text.quoted) is no number of processes: give 3, +1 or -1.", isBad: true)
                return []
            }
            return [.change(job, .scale(operation))]
        default: prompt = .scale(job, Self.edited(text, key))
        }
        return []
    }

    private mutating func takeSignal(_ key: Key, _ row: RowID, _ text: String) -> [TopAction] {
        switch key {
        case .escape: prompt = .none
        case .enter:
            prompt = .none
            guard let signal = try? Signal(parsing: text) else {
                tell("\(text.quoted) is no signal: give a name as HUP or a number.", isBad: true)
                return []
            }
            switch row {
            case .job(let name): return [.change(name, .signal(signal))]
            case .process(let name, let pid): return [.signal(pid: pid, signal, name)]
            }
        default: prompt = .signal(row, Self.edited(text, key))
        }
        return []
    }

    private static func edited(_ text: String, _ key: Key) -> String {
        switch key {
        case .backspace: return String(text.dropLast())
        case .character("\u{15}"): return ""
        case .character(let character):
            guard text.count < longest, character.unicodeScalars.allSatisfy({ $0.value >= 0x20 }) else { return text }
            return text + String(character)
        default: return text
        }
    }
}
