import GafferClient
import GafferModel
import Testing
import WebTestKit

@testable import GafferTool

private let api = """
    {"name":"shop.api","running":1,"running_out":0,"max_processes":1,"state":"running","restarts":0,"last_exit":null,
    "last_error":null,"retry_in":null,
    "instances":[{"pid":8,"os_pid":108,"instance":1,"state":"running","commited":false,"create_time":996500}]}
    """

private func name(_ text: String) throws -> JobName { try JobName(parsing: text) }

/// The jobs `default.idle`, `shop.api` and `shop.web`, as they were told at 1000100.
private func model(columns: Int = 100, rows: Int = 12, endpoint: String = "unix:/s") throws -> TopModel {
    var model = TopModel(endpoint: endpoint, size: ScreenSize(columns: columns, rows: rows), now: 1_000_100)
    model.take(.jobs(try [web, idle, api].map { try JobStatus(JSON(parsing: Array($0.utf8))) }))
    return model
}

private func stats(_ job: String, _ processes: [(pid: Int, cpu: Double, memory: String)]) throws -> TopReport {
    let list = processes.map { process -> JSON in
        [
            "pid": .integer(Int64(process.pid)), "cpu": .double(process.cpu), "mem_info1": .string(process.memory),
        ]
    }
    let answer: JSON = ["name": .string(job), "stats": .array(list)]
    return .stats([(job: try name(job), answer: answer)])
}

private func picture(_ model: TopModel, isUnicode: Bool = true) -> String {
    var lines = TopView(model, isUnicode: isUnicode).lines.map(\.text)
    // The local time of the tests' machine.
    lines = lines.map { $0.replacing(Clock.timeOfDay(model.now), with: "TT:TT:TT") }
    return lines.joined(separator: "\n")
}

private func type(_ text: String, _ model: inout TopModel) -> [TopAction] {
    text.flatMap { model.take(.character($0)) }
}

@Suite("The screen of gafferctl top")
struct TopViewTests {
    @Test("shows jobs, their processes and what they use")
    func golden() throws {
        var model = try model(columns: 132)
        for cpu in [0, 5.0, 12.5] {
            model.take(try stats("shop.web", [(4, cpu, "40M"), (5, 0, "8M"), (9, 1, "512K")]))
            model.take(try stats("shop.api", [(8, 100 - cpu, "1G")]))
        }
        #expect(
            picture(model) == """
                gafferctl top  TT:TT:TT  3 jobs: 1 backoff, 1 idle, 1 running  CPU 101.0%  MEM 1G  unix:/s
                JOB           STATE     PROCS  PID  OS PID  UPTIME  RESTARTS  CPU%               MEM              LAST EXIT, NEXT
                idle          idle        0/0                    -         0     -                 -
                shop.api      running     1/1    8     108  1h 00m         0  87.5         ██▇    1G         ███
                shop.web      backoff   2/3+1               1m 40s         7  13.5         ▁▃▅   48M         ███  restart in 2.5s: No such file.
                  shop.web.1  running            4     104  1m 40s            12.5         ▁▂▅   40M         ███
                  shop.web.2  starting           5       -      0s             0.0         ▁▁▁    8M         ███
                  one-off     running            9     109     50s             1.0         ▁▁▁  512K         ███



                ? help  q quit  / filter  s start  x stop  r restart  = scale  ! signal  l log  < > sort
                """
        )
    }

    @Test("is cut to its size, and never longer", arguments: [0, 1, 2, 3, 5, 9, 10, 20, 33, 60, 80, 200])
    func sizes(columns: Int) throws {
        for rows in [0, 1, 2, 3, 4, 5, 6, 9, 10, 24, 60] {
            for keys in ["", "l", "x", "/abc", "=12", "!HUP", "?", "jjjx", "Cl"] {
                var model = try model(columns: columns, rows: rows)
                model.take(try stats("shop.web", [(4, 12, "40M")]))
                _ = type(keys, &model)
                let lines = TopView(model, isUnicode: true).lines
                #expect(lines.count == (columns == 0 ? 0 : rows))
                #expect(lines.allSatisfy { $0.cells.count == columns })
                // A prompt is what the user has to see.
                if rows > 0, columns >= 60, keys == "=12" { #expect(lines.last?.text.contains("): 12") == true) }
            }
        }
    }

    @Test("leaves columns out where it is narrow")
    func narrow() throws {
        var model = try model(columns: 38, rows: 9)
        model.take(try stats("shop.web", [(4, 12.5, "40M")]))
        #expect(
            picture(model) == """
                gafferctl top  TT:TT:TT  3 jobs: 1 bac
                JOB           STATE     CPU%  MEM
                idle          idle         -    -
                shop.api      running      -    -
                shop.web      backoff   12.5  40M
                  shop.web.1  running   12.5  40M
                  shop.web.2  starting     -    -
                  one-off     running      -    -
                ? help  q quit  / filter  s start  x s
                """
        )
    }

    @Test("shows a log and a question at the bottom")
    func log() throws {
        var model = try model(columns: 60, rows: 12)
        _ = type("ljj", &model)
        let tail: JSON = [
            "tail": [
                ["pid": 4, "stream": "stdout", "data_b64": .string(base64(Array("one\ntwo\nthree\n".utf8)))],
                ["pid": 5, "stream": "stderr", "data_b64": .string(base64(Array("failed".utf8)))],
                ["pid": 9, "stream": "stdout", "data_b64": ""],
            ]
        ]
        model.take(.tail(try name("shop.web"), try TailAnswer(tail)))
        _ = type("x", &model)
        #expect(
            picture(model, isUnicode: false) == """
                gafferctl top  TT:TT:TT  3 jobs: 1 backoff, 1 idle, 1 runnin
                JOB           STATE     PROCS  PID  UPTIME  CPU%  MEM
                idle          idle        0/0            -     -    -
                shop.api      running     1/1    8  1h 00m     -    -
                shop.web      backoff   2/3+1       1m 40s     -    -
                  shop.web.1  running            4  1m 40s     -    -
                  shop.web.2  starting           5      0s     -    -
                -- shop.web ------------------------------------------------
                4 stdout | three
                5 stderr | failed

                Stop shop.web (2 processes)? y/N
                """
        )
        _ = type("nj", &model)
        #expect(picture(model, isUnicode: false).contains("\ntwo\nthree\nNothing was done."))
    }

    @Test("obeys no control characters in names, errors and output")
    func harmless() throws {
        var model = try model(columns: 200, rows: 20, endpoint: "unix:/\u{1B}[2J")
        var job = try #require(model.jobs[name("shop.web")])
        job.state = "back\u{1B}[2Joff"
        job.lastError = "\u{1B}]0;title\u{07}"
        model.take(.some([job], gone: []))
        _ = type("ljj", &model)
        let bytes = Array("\u{1B}[31mred\u{1B}[2J\u{9B}\ttab\r\n\u{202E}x".utf8)
        model.take(
            .tail(
                try name("shop.web"),
                try TailAnswer(["tail": [["pid": 4, "stream": "std\u{1B}out", "data_b64": .string(base64(bytes))]]])
            )
        )
        model.take(.told("\u{1B}[2J", isBad: true))
        model.take(.lost("gone\u{1B}[2J"))
        var differ = ScreenDiffer(isColored: true)
        let bytesOfScreen = differ.bytes(for: TopView(model, isUnicode: true).lines, model.size)
        let screen = Screen(bytesOfScreen, columns: 200, rows: 20)
        #expect(screen.faults.isEmpty)
        #expect(screen.text.contains(#"\x1b[31mred\x1b[2J"#))
        #expect(screen.text.contains(#"\u{1b}]0;title\u{7}"#))
        #expect(screen.text.contains(#"gone\u{1b}[2J"#))
    }

    @Test("draws the last values as a line", arguments: [true, false])
    func sparkline(isUnicode: Bool) {
        let history = History([0, 25, 50, 100])
        #expect(history.sparkline(columns: 6, floor: 10, isUnicode: isUnicode) == (isUnicode ? "  ▁▃▅█" : "  _-+#"))
        #expect(history.sparkline(columns: 2, floor: 1_000, isUnicode: true) == "▁▂")
        #expect(history.sparkline(columns: 0, floor: 10, isUnicode: true).isEmpty)
        #expect(History([.nan, .infinity, -1]).values == [0, 0, 0])
        #expect(History((0..<1_000).map { Double($0) }).values.count == History.capacity)
    }
}

/// Base64 as the API writes it.
func base64(_ bytes: [UInt8]) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<min(start + 3, bytes.count)]
        let number = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
        for place in 0..<4 { text.append(place <= group.count ? letters[number >> (18 - 6 * place) & 63] : "=") }
    }
    return text
}

@Suite("The keys of gafferctl top")
struct TopKeyTests {
    private func names(_ model: TopModel) -> [String] {
        model.rows.filter { $0.process == nil }.map { "\($0.job.name)" }
    }

    @Test("sort, filter, and show processes")
    func order() throws {
        var model = try model()
        #expect(names(model) == ["default.idle", "shop.api", "shop.web"])
        #expect(model.rows.count == 6)
        _ = type("p", &model)
        #expect(model.rows.count == 3)
        _ = type("p", &model)
        model.take(try stats("shop.web", [(4, 12, "40M")]))
        model.take(try stats("shop.api", [(8, 90, "2M")]))
        for (key, order) in [
            ("S", ["shop.web", "shop.api", "default.idle"]), ("C", ["shop.api", "shop.web", "default.idle"]),
            ("M", ["shop.web", "shop.api", "default.idle"]), ("R", ["shop.web", "default.idle", "shop.api"]),
            ("U", ["shop.api", "shop.web", "default.idle"]), ("i", ["default.idle", "shop.web", "shop.api"]),
            ("N", ["default.idle", "shop.api", "shop.web"]), ("N", ["shop.web", "shop.api", "default.idle"]),
        ] {
            _ = type(key, &model)
            #expect(names(model) == order, "\(key)")
        }
        _ = type("N/SHOP", &model)
        #expect(names(model) == ["shop.api", "shop.web"])
        _ = model.take(.backspace)
        #expect(model.filter == "SHO")
        _ = model.take(.enter)
        #expect(model.prompt == .none)
        _ = model.take(.escape)
        #expect(names(model).count == 3)
    }

    @Test("keep the selection where it was when lines come and go")
    func selection() throws {
        var model = try model(rows: 8)
        #expect(model.selection == .job(try name("default.idle")))
        _ = type("G", &model)
        #expect(model.selection == .process(try name("shop.web"), pid: 9))
        #expect(model.top > 0)
        model.take(.some([], gone: [try name("default.idle")]))
        #expect(model.selection == .process(try name("shop.web"), pid: 9))
        var job = try #require(model.jobs[name("shop.web")])
        job.instances.removeLast()
        model.take(.some([job], gone: []))
        #expect(model.selection == .job(try name("shop.web")))
        model.take(.jobs([]))
        #expect(model.selection == nil)
        #expect(type("xsr+-=!lp ", &model).isEmpty)
    }

    @Test("act at once, or after a yes where processes end")
    func actions() throws {
        var model = try model()
        let api = try name("shop.api")
        _ = type("j", &model)
        #expect(type("s", &model) == [.change(api, .state(.start))])
        #expect(type("+", &model) == [.change(api, .scale(.by(1)))])
        #expect(type("x", &model).isEmpty)
        #expect(model.prompt == .question("Stop shop.api (1 process)?", .change(api, .state(.stop))))
        #expect(type("n", &model).isEmpty)
        #expect(model.notice?.text == "Nothing was done.")
        #expect(type("xy", &model) == [.change(api, .state(.stop))])
        #expect(type("ry", &model) == [.change(api, .state(.restart))])
        #expect(type("oY", &model) == [.change(api, .state(.reload))])
        #expect(type("-y", &model) == [.change(api, .scale(.by(-1)))])
        #expect(type("x", &model).isEmpty && model.take(.enter).isEmpty)
        #expect(type("=4", &model).isEmpty)
        #expect(model.take(.enter) == [.change(api, .scale(.to(4)))])
        #expect(type("=-2", &model) + model.take(.enter) == [.change(api, .scale(.by(-2)))])
        #expect(type("=many", &model) + model.take(.enter) == [])
        #expect(model.notice?.isBad == true)
        #expect(type("!hup", &model) + model.take(.enter) == [.change(api, .signal(.hangup))])
        #expect(type("!nosuch", &model) + model.take(.enter) == [])
        #expect(type("q", &model) == [.quit])
        _ = type("G", &model)
        let web = try name("shop.web")
        #expect(type("xy", &model) == [.stop(pid: 9, web)])
        #expect(type("!9", &model) + model.take(.enter) == [.signal(pid: 9, .kill, web)])
    }

    @Test("that ask keep their target, whatever is selected when the answer comes")
    func target() throws {
        var model = try model()
        _ = type("jx", &model)
        model.take(.some([], gone: [try name("shop.api")]))
        #expect(type("y", &model) == [.change(try name("shop.api"), .state(.stop))])
    }

    @Test("ask gafferd only for what is in sight")
    func looks() throws {
        var model = try model(rows: 5)
        #expect(model.regularLook.stats == [try name("shop.api")])
        _ = type("C", &model)
        #expect(model.regularLook.stats.count == 2)
        #expect(model.regularLook.tail == nil)
        model.size.rows = 20
        _ = type("Nl", &model)
        #expect(model.regularLook.tail == model.selection?.job)
        model.take(.changed([try name("shop.web")]))
        model.take(.lost("It is gone."))
        #expect(model.regularLook.isEmpty)
        #expect(model.takeLook().isEmpty)
        model.take(.connected)
        #expect(model.takeLook().isEverything)
        #expect(model.takeLook().isEmpty)
    }
}
