internal import GafferConfig
internal import GafferTool
internal import Glibc

extension Invocation {
    /// The environment that processes inherit.
    static var inheritedVariables: [String: String] {
        var result: [String: String] = [:]
        var next = environ
        while let entry = next.pointee {
            let text = String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                result[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            next += 1
        }
        return result
    }

    /// How the application that runs here is named: nobody has to type it.
    var localNaming: ProcfileApplication.Naming { givenApplication.map { .named($0) } ?? .nearFolder }

    /// What the command line says of the application's processes.
    ///
    /// - Parameter types: those that are given as operands.
    /// - Throws: ``Failure`` or ``UsageError``.
    func applicationOptions(types: [String] = []) throws -> ProcfileApplication.Options {
        func list(_ name: String) -> [String] {
            line.values(name).flatMap { $0.split(separator: ",").map(String.init) }
        }
        return ProcfileApplication.Options(
            naming: localNaming,
            formation: try formation(),
            only: types + list("only"),
            except: list("except"),
            port: try basePort(),
            inherited: Self.inheritedVariables
        )
    }
}
