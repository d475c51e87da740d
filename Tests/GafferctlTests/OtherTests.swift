import GafferModel
import Testing
import WebTestKit

@testable import GafferTool
@testable import gafferctl

@Suite("gafferctl's other commands")
struct OtherTests {
    @Test("list names and pids")
    func lists() {
        let server = gafferd { request in
            switch request.line {
            case "GET /pids": .answer(#"{"pids":[4,5]}"#)
            case "GET /sessions": .answer(#"{"sessions":["default","shop"]}"#)
            case "GET /version": .answer(#"{"name":"gaffer","version":"9.9"}"#)
            case "GET /ping": .answer("OK")
            case "GET /jobs/shop/web/numprocesses": .answer(#"{"numprocesses":3}"#)
            default: nil
            }
        }
        let endpoint = "unix:\(server.path)"
        #expect(run("jobs", at: endpoint).output == "default.idle\nshop.web\n")
        #expect(run("jobs", "shop", "--json", at: endpoint).output == #"{"jobs":["shop.web"]}"# + "\n")
        #expect(run("processes", at: endpoint).output == "default.idle\nshop.web\n")
        #expect(run("processes", "--running", at: endpoint).output == "4\n5\n")
        #expect(run("pids", "--json", at: endpoint).output == #"{"pids":[4,5]}"# + "\n")
        #expect(run("sessions", at: endpoint).output == "default\nshop\n")
        #expect(run("ping", at: endpoint).output == "OK\n")
        #expect(run("version", at: endpoint).output == "gafferctl \(GafferVersion.current)\ngafferd 9.9\n")
        #expect(run("numprocesses", "shop.web", at: endpoint).output == "3\n")
    }

    @Test("print output as it was, and harmless on a terminal")
    func logs() {
        let server = gafferd { request in
            request.line.contains("/tail")
                ? .answer(
                    #"{"tail":[{"pid":4,"stream":"stdout","data":"","data_b64":"G1tKAGEK"},"#
                        + #"{"pid":4,"stream":"stderr","data":"","data_b64":""},"#
                        + #"{"pid":5,"stream":"stdout","data":"","data_b64":"Yg=="}]}"#
                ) : nil
        }
        let endpoint = "unix:\(server.path)"
        #expect(run("logs", "4", at: endpoint).output == "\u{1B}[J\u{0}a\n")
        #expect(run("logs", "4", at: endpoint, width: 80).output == "\\x1b[J\\x00a\n")
        #expect(
            run("logs", "shop.web", at: endpoint).output
                == "==> 4 stdout <==\n\u{1B}[J\u{0}a\n\n==> 5 stdout <==\nb\n"
        )
        #expect(server.requests.last?.line == "GET /jobs/shop/web/tail?n=10")
        #expect(
            run("logs", "--prefix", "shop.web", at: endpoint).output == "shop.web.4 | \\x1b[J\\x00a\nshop.web.5 | b\n"
        )
        #expect(
            run("logs", "-n", "2", "shop.web", "idle", at: endpoint).output == """
                ==> shop.web 4 stdout <==
                \u{1B}[J\u{0}a

                ==> shop.web 5 stdout <==
                b

                ==> idle 4 stdout <==
                \u{1B}[J\u{0}a

                ==> idle 5 stdout <==
                b

                """
        )
    }

    @Test("show what a cgroup uses, where one is counted")
    func cgroups() {
        let server = gafferd { request in
            switch request.line {
            case "GET /jobs/shop/web/stats":
                .answer(
                    #"{"name":"shop.web","stats":[{"pid":4,"os_pid":104,"cpu":1.0,"mem":0.3,"mem_info1":"5M","#
                        + #""mem_info2":"120M","ctime":"0:01.10","cgroup":{"memory_current":6291456,"tasks":2}},"#
                        + #"{"pid":5,"os_pid":105,"cpu":1.0,"mem":0.3,"mem_info1":"1M","mem_info2":"2M","#
                        + #""ctime":"0:00.10","cgroup":{}}],"cpu":2.0,"mem":0.6,"cgroup":{"memory_current":8388608}}"#
                )
            default: nil
            }
        }
        #expect(
            run("stats", "shop.web", at: "unix:\(server.path)").output == """
                JOB       PID  OS PID  CPU%  MEM%  RSS   VSZ  CPU TIME  CGROUP
                shop.web    4     104   1.0   0.3   5M  120M   0:01.10      6M
                shop.web    5     105   1.0   0.3   1M    2M   0:00.10       -
                shop.web  all       -   2.0   0.6    -     -         -      8M

                """
        )
    }

    @Test("show what processes use")
    func stats() {
        let server = gafferd { request in
            switch request.line {
            case "GET /jobs/shop/web/stats":
                .answer(
                    #"{"name":"shop.web","stats":[{"pid":4,"os_pid":104,"cpu":1.26,"mem":0.3,"mem_info1":"5M","#
                        + #""mem_info2":"120M","ctime":"0:01.10"},{"pid":5,"os_pid":105,"cpu":"N/A","mem":"N/A","#
                        + #""mem_info1":"N/A","mem_info2":"N/A","ctime":"N/A"}],"cpu":1.26,"mem":0.3}"#
                )
            case "GET /4/stats": .answer(#"{"stats":{"mem_info1":"5M","cpu":0.0}}"#)
            default: nil
            }
        }
        #expect(
            run("stats", "shop.web", "4", at: "unix:\(server.path)").output == """
                JOB       PID  OS PID  CPU%  MEM%  RSS   VSZ  CPU TIME
                shop.web    4     104   1.3   0.3   5M  120M   0:01.10
                shop.web    5     105   N/A   N/A  N/A   N/A       N/A
                shop.web  all       -   1.3   0.3    -     -         -
                -           4       -   0.0     -   5M     -         -

                """
        )
    }

    @Test("complete names, and are silent where gafferd is not there")
    func completions() {
        let server = gafferd()
        let endpoint = "unix:\(server.path)"
        #expect(
            run("__complete", "start", "", at: endpoint).output
                == "idle\tjob\ndefault.idle\tjob\nshop.web\tjob\nshop\tsession\n"
        )
        #expect(run("__complete", "start", "shop.", at: endpoint).output == "shop.web\tjob\n")
        #expect(run("__complete", "load", "", at: endpoint).output == ":file\n")
        #expect(run("__complete", "status", "--color", "=", "al", at: endpoint).output == "always\n")
        #expect(run("__complete", "start", "") == Run(code: 0, output: "", messages: ""))
        #expect(run("__complete", "--endpoint", endpoint, "start", "shop.").output == "shop.web\tjob\n")
    }

    @Test("print help for whoever asks for nothing")
    func help() {
        #expect(run() == Run(code: 0, output: Help(.gafferctl).short, messages: ""))
        #expect(run("--version") == Run(code: 0, output: "gafferctl \(GafferVersion.current)\n", messages: ""))
        #expect(run("help", "kill") == run("kill", "--help"))
        #expect(run("help") == run("--help"))
        #expect(
            run("status", "--nope").messages
                == "gafferctl: There is no option --nope.\ngafferctl: Try 'gafferctl status --help'.\n"
        )
    }
}
