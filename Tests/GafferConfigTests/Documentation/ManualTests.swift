import GafferConfig
import GafferModel
import Testing

/// What the manual shows has to work as it stands there.
@Suite("The manual's examples")
struct ManualTests {
    @Test("The example of a configuration is read whole", arguments: [false, true])
    func example(isUncommented: Bool) throws {
        let text = """
            [gaffer]
            http_endpoints = public

            [endpoint:public]
            bind = 127.0.0.1:5000
            ;certfile=
            ;keyfile=

            [webhooks]
            ;create = http://some/url
            ;proc.dummy.spawn = http://some/otherurl

            [process:dummy]
            cmd = ./dummy.py
            ;cwd = .
            ;uid =
            ;gid =
            ;detach = false
            ;shell = false
            ; flapping format: attempts=2, window=1., retry_in=7., max_retry=5
            ;flapping = 2, 1., 7., 5
            numprocesses = 1
            redirect_output = stdout, stderr
            ; redirect_input = true
            ; graceful_timeout = 30

            [process:echo]
            cmd = ./echo.py
            numprocesses = 1
            redirect_output = stdout, stderr
            redirect_input = true
            """
        let lines = text.split(separator: "\n").map { line in
            isUncommented && line.hasPrefix(";") && !line.contains("format")
                ? line.drop { $0 == ";" || $0 == " " } : line
        }
        let config = try Reading.load(lines.joined(separator: "\n"))
        #expect(config.endpoints.map(\.address) == [.tcp(host: "127.0.0.1", port: 5000)])
        #expect(config.jobs.map(\.name.description) == ["default.dummy", "default.echo"])
        let dummy = try #require(config.jobs.first).config
        #expect(dummy.redirectOutput == ["stdout", "stderr"])
        #expect(dummy.redirectInput == isUncommented)
        #expect(dummy.flapping == (isUncommented ? FlappingRule() : nil))
        #expect(config.webhooks.count == (isUncommented ? 2 : 0))
    }

    @Test("A group's process and its environment")
    func group() throws {
        let config = try Reading.load(
            "[process:test:dummy]\ncmd = ./dummy.py\nargs = -some value --option=a\n[env:test:dummy]\nport = 80"
        )
        let job = try #require(config.jobs.first)
        #expect(job.name.description == "test.dummy")
        #expect(job.config.args == ["-some", "value", "--option=a"])
        #expect(job.config.env == ["PORT": "80"])
        #expect(job.config.osEnv)
    }
}
