/// The name of a field of a journal record.
///
/// journald drops fields whose names it does not like, without a word, so that only good ones can be made: capital
/// letters, digits and `_`, the first a letter, at most 64 of them.
package struct JournalField: Sendable, Hashable {
    /// The longest name that journald takes, in bytes.
    package static let maximumLength = 64

    /// As it stands in the record.
    package let name: String

    /// Takes a name that journald takes as it is; nil for any other.
    package init?(_ name: String) {
        guard JournalField.isValid(name) else { return nil }
        self.name = name
    }

    /// Makes a name of gaffer's own from any word: `os_pid` is `GAFFER_OS_PID`, `peer.uid` is `GAFFER_PEER_UID`.
    ///
    /// What is not allowed in a name becomes `_`, and what is beyond 64 bytes is left out.
    package init(gaffer word: String) {
        var bytes = Array("GAFFER_".utf8)
        for byte in word.utf8.prefix(JournalField.maximumLength - bytes.count) {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): bytes.append(byte - 0x20)
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): bytes.append(byte)
            default: bytes.append(UInt8(ascii: "_"))
            }
        }
        name = String(decoding: bytes, as: UTF8.self)
    }

    private init(known name: String) {
        self.name = name
    }

    private static func isValid(_ name: String) -> Bool {
        let letters = UInt8(ascii: "A")...UInt8(ascii: "Z")
        guard let first = name.utf8.first, letters ~= first, name.utf8.count <= maximumLength else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case letters, UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
            default: false
            }
        }
    }
}

// What the fields mean stands in systemd.journal-fields(7); those of gaffer are explained here.
extension JournalField {
    package static let message = JournalField(known: "MESSAGE")
    package static let messageID = JournalField(known: "MESSAGE_ID")
    package static let priority = JournalField(known: "PRIORITY")
    package static let syslogIdentifier = JournalField(known: "SYSLOG_IDENTIFIER")
    package static let syslogFacility = JournalField(known: "SYSLOG_FACILITY")
    package static let syslogPID = JournalField(known: "SYSLOG_PID")
    /// The process that the record is about; journald adds what it knows of it where the sender is root.
    package static let objectPID = JournalField(known: "OBJECT_PID")
    /// How many were dropped, as journald itself calls it.
    package static let dropped = JournalField(known: "N_DROPPED")

    package static let session = JournalField(known: "GAFFER_SESSION")
    /// The job's own name, without its session.
    package static let job = JournalField(known: "GAFFER_JOB")
    /// gaffer's own number of the process.
    package static let pid = JournalField(known: "GAFFER_PID")
    /// Which of the job's processes it is, counted from 1.
    package static let instance = JournalField(known: "GAFFER_INSTANCE")
    /// The label of the stream, as `stdout`.
    package static let stream = JournalField(known: "GAFFER_STREAM")
    /// The bytes of a line that MESSAGE can't show as they are.
    package static let raw = JournalField(known: "GAFFER_RAW")
    /// Why a line ends where it does without a newline: see ``LineBreak``.
    package static let lineBreak = JournalField(known: "GAFFER_LINE_BREAK")
    /// The bytes that were dropped, beside ``dropped``.
    package static let droppedBytes = JournalField(known: "GAFFER_DROPPED_BYTES")
    /// From the first drop to the last, in seconds.
    package static let droppedSeconds = JournalField(known: "GAFFER_DROPPED_SECONDS")

    /// The event's short name, as `exit`.
    package static let event = JournalField(known: "GAFFER_EVENT")
    /// The event's number, counted from 1 in gafferd's life.
    package static let sequence = JournalField(known: "GAFFER_SEQ")
    package static let exitCode = JournalField(known: "GAFFER_EXIT_CODE")
    /// The signal's name, as `SIGKILL`.
    package static let signal = JournalField(known: "GAFFER_SIGNAL")
    package static let reason = JournalField(known: "GAFFER_REASON")
    /// Who changed something: `uid:1000`, or `key:` and the key's id.
    package static let actor = JournalField(known: "GAFFER_ACTOR")
    /// What was asked of the API, as `POST /jobs/shop/web/state`.
    package static let action = JournalField(known: "GAFFER_ACTION")
    /// The HTTP status of the answer to it.
    package static let status = JournalField(known: "GAFFER_STATUS")
    /// How long until the next try, in seconds.
    package static let delay = JournalField(known: "GAFFER_DELAY")
}
