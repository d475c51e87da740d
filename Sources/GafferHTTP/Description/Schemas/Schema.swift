internal import GafferModel

/// What a value may be, as JSON Schema (2020-12) says it.
struct Schema: Sendable, Equatable {
    private(set) var members: [JSON.Member]

    var json: JSON { .object(members) }

    private init(_ members: [JSON.Member]) {
        self.members = members
    }

    private init(type: String) {
        members = [.init("type", .string(type))]
    }

    /// The same, with one more keyword, or another value of it.
    func with(_ keyword: String, _ value: JSON) -> Schema {
        Schema(members.filter { $0.name != keyword } + [.init(keyword, value)])
    }

    // MARK: Kinds

    static let string = Schema(type: "string")
    static let number = Schema(type: "number")
    static let integer = Schema(type: "integer")
    static let boolean = Schema(type: "boolean")
    static let null = Schema(type: "null")
    /// Any value.
    static let anything = Schema([])

    static func integer(_ range: ClosedRange<Int64>) -> Schema {
        integer.with("minimum", .integer(range.lowerBound)).with("maximum", .integer(range.upperBound))
    }

    static func integer(from least: Int64) -> Schema {
        integer.with("minimum", .integer(least))
    }

    static func number(_ range: ClosedRange<Double>) -> Schema {
        number.with("minimum", .double(range.lowerBound)).with("maximum", .double(range.upperBound))
    }

    static func number(from least: Double) -> Schema {
        number.with("minimum", .double(least))
    }

    /// A text of a form: a regular expression of ECMA 262.
    static func string(_ pattern: String) -> Schema {
        string.with("pattern", .string(pattern))
    }

    static func constant(_ value: JSON) -> Schema {
        Schema([.init("const", value)])
    }

    static func oneOf(_ words: [String]) -> Schema {
        string.with("enum", .array(words.map(JSON.string)))
    }

    static func array(of element: Schema) -> Schema {
        Schema(type: "array").with("items", element.json)
    }

    /// One of these at least.
    static func any(_ schemas: Schema...) -> Schema {
        Schema([.init("anyOf", .array(schemas.map(\.json)))])
    }

    /// All of these.
    static func all(_ schemas: Schema...) -> Schema {
        Schema([.init("allOf", .array(schemas.map(\.json)))])
    }

    /// A schema that has a name of its own.
    static func named(_ name: Component) -> Schema {
        Schema([.init("$ref", .string("#/components/schemas/\(name.rawValue)"))])
    }

    /// One member of an object.
    struct Property: Sendable {
        var name: String
        var schema: Schema
        var isRequired: Bool

        /// A member that is always there.
        init(_ name: String, _ schema: Schema, _ description: String? = nil) {
            self.name = name
            self.schema = description.map(schema.described) ?? schema
            isRequired = true
        }

        /// The same, which may be missing.
        var optional: Property {
            var property = self
            property.isRequired = false
            return property
        }
    }

    static func object(_ properties: [Property]) -> Schema {
        var schema = Schema(type: "object")
        schema = schema.with("properties", .object(properties.map { .init($0.name, $0.schema.json) }))
        let required = properties.filter(\.isRequired).map { JSON.string($0.name) }
        return required.isEmpty ? schema : schema.with("required", .array(required))
    }

    /// An object whose members all are of one kind.
    static func map(of value: Schema) -> Schema {
        Schema(type: "object").with("additionalProperties", value.json)
    }

    // MARK: What is added

    func described(_ text: String) -> Schema {
        with("description", .string(text))
    }

    func defaulting(to value: JSON) -> Schema {
        with("default", value)
    }

    func example(_ values: JSON...) -> Schema {
        with("examples", .array(values))
    }

    /// The same, or null.
    var nullable: Schema { .any(self, .null) }

    /// No other members than those that are named.
    var closed: Schema { with("additionalProperties", false) }

    /// Other members too.
    var open: Schema { with("additionalProperties", true) }
}

/// The schemas that have a name of their own in the description.
enum Component: String, Sendable, CaseIterable {
    case ok = "Ok"
    case error = "Error"
    case welcome = "Welcome"
    case version = "Version"
    case sessions = "Sessions"
    case jobs = "Jobs"
    case pids = "Pids"
    case numprocesses = "Numprocesses"
    case jobConfig = "JobConfig"
    case newJob = "NewJob"
    case jobInfo = "JobInfo"
    case instance = "Instance"
    case lastExit = "LastExit"
    case jobStats = "JobStats"
    case processStats = "ProcessStats"
    case statsOfProcess = "StatsOfProcess"
    case cgroupUsage = "CgroupUsage"
    case processInfo = "ProcessInfo"
    case tail = "Tail"
    case signal = "Signal"
    case scale = "Scale"
    case command = "Command"
    case commit = "Commit"
    case committed = "Committed"
    case reloaded = "Reloaded"
    case event = "Event"
    case gap = "Gap"
    case events = "Events"
    case written = "Written"
    case permissions = "Permissions"
    case key = "Key"
    case newKey = "NewKey"
    case issuedKey = "IssuedKey"
    case login = "Login"
    case keys = "Keys"
    case user = "User"
    case newUser = "NewUser"
    case changedUser = "ChangedUser"
    case password = "Password"
    case userKey = "UserKey"
    case users = "Users"
    case legacyStatus = "LegacyStatus"
    case legacyPids = "LegacyPids"
    case legacyScaled = "LegacyScaled"
    case legacyJobStats = "LegacyJobStats"
    case legacyProcessStats = "LegacyProcessStats"
    case socketInfo = "SocketInfo"
}
