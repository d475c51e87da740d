import Gaffer
import GafferAuth
import GafferModel
import Testing
import WebServer

@testable import GafferHTTP

/// Messages that nobody would send.
@Suite(.timeLimit(.minutes(2))) struct ChannelFuzzTests {
    private static let seeds = [
        #"{"event":"NOP"}"#, #"{"event":"SUB","data":{"topic":"EVENTS:job.shop"}}"#,
        #"{"event":"SUB","data":{"topic":"STATS:shop.web","interval":0.5}}"#,
        #"{"event":"SUB","data":{"topic":"STREAM:1.Chat","tail":3,"offset":9}}"#,
        #"{"event":"UNSUB","data":{"topic":"PROCESS:1"}}"#, "AUTH:secret",
        #"{"event":"CMD","data":{"identity":"i","name":"kill","args":[1,"HUP"],"kwargs":{"sessionid":"s"}}}"#,
        #"{"event":"CMD","data":{"identity":{},"name":"load","args":[{"name":"a","cmd":"b","env":{"A":"b"}}]}}"#,
        "V1 message 00ff\0AUTH:x",
    ].map { Array($0.utf8) }

    private static let words = [
        "SUB", "UNSUB", "CMD", "event", "data", "topic", "EVENTS", "STREAM:", "1", "-1", "9223372036854775807", "1e308",
        "null", "[", "]", "{", "}", "\"", ":", ",", "\\u0000", "\u{FEFF}", "send", "commit", "args", "\0", "😀",
    ].map { Array($0.utf8) }

    static func mutated(_ seed: UInt64) -> [UInt8] {
        var random = SmallRandom(seed: seed)
        var bytes = seeds[Int.random(in: 0..<seeds.count, using: &random)]
        for _ in 0..<Int.random(in: 0...6, using: &random) {
            let place = Int.random(in: 0...bytes.count, using: &random)
            switch UInt8.random(in: 0..<5, using: &random) {
            case 0: bytes.insert(UInt8.random(in: .min ... .max, using: &random), at: place)
            case 1: if place < bytes.count { bytes.remove(at: place) }
            case 2: bytes.insert(contentsOf: words[Int.random(in: 0..<words.count, using: &random)], at: place)
            case 3: bytes.removeLast(min(bytes.count, Int.random(in: 0...4, using: &random)))
            default: bytes += bytes.prefix(place)
            }
        }
        return bytes
    }

    @Test("No message breaks the machine, and none makes it grow without bound")
    func machine() {
        var limits = ChannelLimits()
        limits.subscriptions = 8
        var machine = ChannelMachine(isAuthenticated: true, limits: limits)
        for seed in 0..<20_000 {
            for action in machine.received(.binary(Self.mutated(UInt64(seed)))) {
                switch action {
                case .authenticate: _ = machine.authenticated(true)
                case .run(let call, _): _ = try? ChannelCommand(call)
                case .answer(let answer): #expect(answer.json.encoded().count < 10_000)
                case .subscribe, .unsubscribe, .settle, .close: break
                }
            }
            if machine.subscriptions > 8 { Issue.record("\(machine.subscriptions) subscriptions") }
        }
    }

    @Test("Frames are read or refused")
    func frames() {
        var found = 0
        for seed in 0..<20_000 {
            guard let frame = IOFrame(parsing: Self.mutated(UInt64(seed))) else { continue }
            found += 1
            if frame.id.isEmpty || frame.id.contains(where: { $0 == 0x20 || $0 == 0 }) { Issue.record("\(frame)") }
        }
        #expect(found > 100)
    }

    @Test("A session survives whatever is said, and answers the next sensible message", arguments: 0..<20)
    func session(round: UInt64) async throws {
        let bench = try ChannelBench()
        let session = bench.session()
        for number in 0..<200 {
            session.client.say(ChannelFuzzTests.mutated(round * 1000 + UInt64(number)))
        }
        session.client.say(#"{"event":"CMD","data":{"identity":"the end","name":"sessions"}}"#)
        while true {
            let message = try await session.client.nextJSON()
            guard message != .null else { break }
            if message["data"]?["id"] == "the end" { break }
        }
        await session.hangUp()
        #expect(bench.context.openTopics == 0)
        #expect(bench.context.quota.openStreams == 0)
    }
}
