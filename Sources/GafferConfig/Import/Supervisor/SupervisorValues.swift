internal import GafferModel

/// Replaces the `%(…)s` of one section.
struct SupervisorValues {
    let context: SupervisorImport.Context
    /// nil: the text stands in no program.
    var program: String?
    var group: String?
    var numprocs = 1
    /// nil: there is just one process, of this number.
    var numprocsStart = 0
    /// The program's own `environment`, as far as it is known.
    var environment: [String: String] = [:]

    /// How variables that the other program inherited are taken.
    enum Inheritance {
        /// By their value, which has to be known.
        case byValue
        /// As variables of the process.
        case byName
    }

    /// Replaces what stands in a text.
    func expand(_ text: String, _ inheritance: Inheritance) throws(SettingError) -> MarkedText {
        try PercentFormat.expand(text) { name throws(SettingError) in try meaning(of: name, inheritance) }
    }

    /// The text, where nothing in it is for a process to know.
    func literal(_ text: String) throws(SettingError) -> String {
        guard let literal = try expand(text, .byValue).template.literal else {
            throw SettingError("it differs from process to process")
        }
        return literal
    }

    private func meaning(of name: String, _ inheritance: Inheritance) throws(SettingError) -> PercentFormat.Meaning {
        if name.hasPrefix("ENV_") {
            let variable = String(name.dropFirst(4))
            if let value = environment[variable] { return .text(value) }
            if let value = context.environment.last(where: { $0.name == variable })?.value { return .text(value) }
            if inheritance == .byName, Self.isReplaced(variable) { return .piece(.variable(variable)) }
            guard let value = context.options.environment[variable] else {
                throw SettingError("the variable \(variable.printable) of supervisord's environment is not known here")
            }
            return .text(value)
        }
        switch name {
        case "here":
            guard let here = context.here else {
                throw SettingError("%(here) is not known: name the file by its absolute path")
            }
            return .text(here)
        case "host_node_name":
            guard let host = context.options.hostName else {
                throw SettingError("the name of the machine is not known here")
            }
            return .text(host)
        case "program_name":
            if let program { return .text(program) }
        case "group_name":
            if let name = group ?? program { return .text(name) }
        case "numprocs":
            if program != nil { return .number(numprocs) }
        case "process_num":
            if program != nil { return numprocs == 1 ? .number(numprocsStart) : .instance(offset: numprocsStart - 1) }
        default: break
        }
        throw SettingError("%(\(name.printable)) stands for nothing there")
    }

    /// Whether gaffer takes what follows a `$` for the name of a variable.
    static func isReplaced(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}
