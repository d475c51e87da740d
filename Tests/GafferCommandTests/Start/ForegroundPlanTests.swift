import GafferConfig
import GafferModel
import GafferTool
import Testing

@testable import gaffer

@Suite("What gaffer start runs")
struct ForegroundPlanTests {
    private static func application(_ formation: [String] = [], port: Int? = nil) throws -> ProcfileApplication {
        let sources = ApplicationSources(
            procfile: .init(file: "Procfile", "web: bin/web\nworker: bin/work | tee log\nclock: bin/clock\n"),
            environment: [.init(file: ".env", "A=b\n")],
            folder: "/srv/shop"
        )
        let options = try ProcfileApplication.Options(formation: Formation(parsing: formation), port: port)
        return try ProcfileApplication(sources, options: options)
    }

    @Test("processes are named by their type, and numbered where there are several")
    func names() throws {
        let plan = try ForegroundPlan(Self.application(["web=1,worker=12,clock=0"]), .init())
        #expect(plan.types.map(\.name.job) == ["web", "worker"])
        #expect(plan["web"]?.shownName(of: 1) == "web")
        #expect(plan["worker"]?.shownName(of: 3) == "worker.3")
        #expect(plan.nameWidth == "worker.12".utf8.count)
    }

    @Test("they get their ports, and leave together")
    func configurations() throws {
        var settings = ForegroundPlan.Settings()
        settings.timeout = .seconds(2)
        let plan = try ForegroundPlan(Self.application(port: 6000), settings)
        #expect(plan.types.map(\.config.port) == [6000, 6100, 6200])
        #expect(plan.types.allSatisfy { $0.config.priority == 0 && $0.config.gracefulTimeout == .seconds(2) })
        #expect(
            plan.types.allSatisfy { $0.config.osEnv && $0.config.cwd == "/srv/shop" && $0.config.env == ["A": "b"] }
        )
        #expect(plan.types.map(\.config.shell) == [false, true, false])
    }

    @Test(
        "the manager restarts as the command line says",
        arguments: zip(ForegroundPlan.Restart.allCases, [RestartPolicy.never, .onFailure, .always])
    )
    func restart(restart: ForegroundPlan.Restart, policy: RestartPolicy) throws {
        let plan = try ForegroundPlan(Self.application(), .init(restart: restart))
        #expect(plan.types.allSatisfy { $0.config.restart == policy })
    }

    @Test("stdout and stderr are one stream in text, two in JSON")
    func streams() throws {
        let text = try ForegroundPlan(Self.application(), .init())
        #expect(text.types[0].config.redirectOutput == ["stdout", "stdout"])
        let json = try ForegroundPlan(Self.application(), .init(separatesStreams: true))
        #expect(json.types[0].config.redirectOutput == nil)
    }

    @Test("who may end alone has to be started")
    func canDie() throws {
        #expect(try ForegroundPlan(Self.application(), .init(canDie: ["clock"])).mayEnd == ["clock"])
        #expect(try ForegroundPlan(Self.application(), .init(anyCanDie: true)).mayEnd == ["web", "worker", "clock"])
        let failure = Failure(
            .usage,
            "--can-die clok: no process of that type is started. Did you mean clock?"
        )
        #expect(throws: failure) { try ForegroundPlan(Self.application(), .init(canDie: ["clok"])) }
    }
}
