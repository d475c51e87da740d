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

    /// Replaces what stands in a value.
    func expand(
        _ setting: ForeignSection.Setting,
        _ inheritance: Inheritance
    ) throws(SettingError) -> MarkedText {
        try PercentFormat.expand(setting.value) { name throws(SettingError) in
            // Each file has a folder of its own.
            name == "here" ? .text(try here(of: setting)) : try meaning(of: name, inheritance)
        }
    }

    /// The value, where nothing in it is for a process to know.
    func literal(_ setting: ForeignSection.Setting) throws(SettingError) -> String {
        guard let literal = try expand(setting, .byValue).template.literal else {
            throw SettingError("it differs from process to process")
        }
        return literal
    }

    private func here(of setting: ForeignSection.Setting) throws(SettingError) -> String {
        let folder = SupervisorImport.folder(of: setting.file)
        guard folder.hasPrefix("/") else {
            throw SettingError("%(here) is not known: name the file by its absolute path")
        }
        return folder
    }

    private func meaning(of name: String, _ inheritance: Inheritance) throws(SettingError) -> PercentFormat.Meaning {
        if name.hasPrefix("ENV_") {
            let variable = String(name.dropFirst(4))
            if let value = environment[variable] { return .text(value) }
            if let value = context.environment.last(where: { $0.name == variable })?.value { return .text(value) }
            if inheritance == .byName, ImportTemplate.isVariable(variable) { return .piece(.variable(variable)) }
            guard let value = context.options.environment[variable] else {
                throw SettingError("the variable \(variable.printable) of supervisord's environment is not known here")
            }
            return .text(value)
        }
        switch name {
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
}
