import Logging
import Testing

@testable import GafferSystemd

/// What gafferd's own log looks like in the journal.
@Suite struct LogHandlerTests {
    let journald: FakeJournald
    let writer: JournalWriter
    let logger: Logger

    init() throws {
        let journald = try FakeJournald()
        let writer = JournalWriter(path: journald.path)
        self.journald = journald
        self.writer = writer
        logger = Logger(label: "gafferd") { label in
            JournalLogHandler(label: label, level: .trace, writer: writer, namesObject: true)
        }
    }

    @Test(
        "Each level has its priority",
        arguments: [
            (.trace, "7"), (.debug, "7"), (.info, "6"), (.notice, "5"), (.warning, "4"), (.error, "3"),
            (.critical, "2"),
        ] as [(Logger.Level, String)]
    )
    func level(_ level: Logger.Level, _ priority: String) throws {
        logger.log(level: level, "hello")
        #expect(
            try journald.receive().texts == [
                "MESSAGE": "hello", "PRIORITY": priority, "SYSLOG_IDENTIFIER": "gafferd", "SYSLOG_FACILITY": "3",
            ]
        )
        writer.finish()
    }

    @Test("Metadata are fields, and stand in the message")
    func metadata() throws {
        var logger = logger
        logger[metadataKey: "job"] = "web"
        logger.info(
            "process exited",
            metadata: ["session": "shop", "pid": "7", "os_pid": "4711", "status": "exit code 1", "peer.uid": "0"]
        )
        let record = try journald.receive()
        #expect(record.message == "process exited shop.web os_pid=4711 peer.uid=0 pid=7 status=\"exit code 1\"")
        #expect(record["GAFFER_SESSION"] == "shop")
        #expect(record["GAFFER_JOB"] == "web")
        #expect(record["GAFFER_PID"] == "7")
        #expect(record["OBJECT_PID"] == "4711")
        #expect(record["GAFFER_STATUS"] == "exit code 1")
        #expect(record["GAFFER_PEER_UID"] == "0")
        writer.finish()
    }

    @Test("A message's number is a field of its own, and nothing that is read")
    func messageID() throws {
        logger.notice("reloaded", metadata: [JournalLogHandler.messageIDKey: "\(MessageID.reloaded.rawValue)"])
        let record = try journald.receive()
        #expect(record.message == "reloaded")
        #expect(record["MESSAGE_ID"] == MessageID.reloaded.rawValue)
        writer.finish()
    }

    @Test("What can't be read as it is, is shown in a way that can; its field has it as it is")
    func printable() throws {
        logger.error("a\nb", metadata: ["reason": "x\n\"y\""])
        let record = try journald.receive()
        #expect(record.message == "a\\x0ab reason=\"x\\x0a\\\"y\\\"\"")
        #expect(record["GAFFER_REASON"] == "x\n\"y\"")
        writer.finish()
    }

    @Test("Below its level nothing is written")
    func silent() throws {
        var logger = logger
        logger.logLevel = .warning
        logger.info("not this")
        logger.warning("but this")
        #expect(try journald.receive().message == "but this")
        writer.finish()
    }
}
