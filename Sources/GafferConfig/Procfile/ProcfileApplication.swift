package import GafferModel

/// An application: what a Procfile, its `.env` files and the options of a command line say together.
///
/// It is made for a gafferd that loads it and for one that runs in the foreground alike, so that both run the same
/// commands with the same variables.
///
/// ## The environment of a process
///
/// The later of these wins: the environment of gaffer or gafferd, `PORT` as below, the `.env` files in their order.
///
/// ## PORT
///
/// Each process gets a `PORT` of its own: a base, 100 more for each further entry of the Procfile (whether it is
/// started or not), 1 more for each further process of its type. The base is ``Options/port``, else the `PORT` of
/// ``Options/inherited``, else 5000. Where a `.env` file gives `PORT`, all processes get just that, unless
/// ``Options/port`` is given too.
///
/// ## Variables that are meant for gaffer
///
/// `GAFFER_UID`, `GAFFER_GID` (names or numbers) and `GAFFER_REDIRECT_INPUT` (names of types, whose standard input is
/// then a pipe) are read from the `.env` files.
package struct ProcfileApplication: Sendable, Hashable {
    /// How the application's name is found.
    package enum Naming: Sendable, Hashable {
        /// It is given, and has to be one.
        case named(String)
        /// The name of the folder, which has to be one.
        case folder
        /// The name of the folder, made to fit where it is none: nobody will have to type it.
        case nearFolder
    }

    /// What a command line adds.
    package struct Options: Sendable, Hashable {
        package var naming: Naming
        package var formation: Formation
        /// The types to take, each of which has to exist; empty: all.
        package var only: [String]
        /// The types to leave out, each of which has to exist.
        package var except: [String]
        /// The base of `PORT`.
        package var port: Int?
        /// The environment to which the application's variables are added; only its `PORT` is looked at.
        package var inherited: [String: String]

        package init(
            naming: Naming = .folder,
            formation: Formation = Formation(),
            only: [String] = [],
            except: [String] = [],
            port: Int? = nil,
            inherited: [String: String] = [:]
        ) {
            self.naming = naming
            self.formation = formation
            self.only = only
            self.except = except
            self.port = port
            self.inherited = inherited
        }
    }

    /// An entry of the Procfile of which processes are wanted.
    package struct ProcessType: Sendable, Hashable {
        /// `APPLICATION.TYPE`.
        package var name: JobName
        package var command: ShellLine
        /// How many processes; at least 1.
        package var count: Int
        /// The `PORT` of the first process, each further one has one more; nil: a `.env` file gives it.
        package var port: Int?
        /// Whether `GAFFER_REDIRECT_INPUT` names it.
        package var redirectsInput: Bool
        /// The place among all entries of the Procfile, from 0.
        package var position: Int
        /// Where it stands in the Procfile.
        package var line: Int
    }

    /// The session of its jobs.
    package var name: String
    /// An absolute path.
    package var folder: String
    /// The variables of the `.env` files.
    package var environment: [String: String]
    package var uid: Account?
    package var gid: Account?
    /// In the Procfile's order; without those that are left out (`-c web=0`, `except`, not in `only`).
    package var types: [ProcessType]

    /// The variables that one process gets besides the inherited ones.
    ///
    /// - Parameter instance: from 1.
    package func environment(of type: ProcessType, instance: Int) -> [String: String] {
        var variables = environment
        if let port = type.port { variables["PORT"] = String(port + instance - 1) }
        return variables
    }
}
