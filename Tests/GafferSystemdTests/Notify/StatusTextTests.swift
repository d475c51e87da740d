import GafferModel
import GafferSystemd
import Testing

@Suite("The status line")
struct StatusTextTests {
    @Test("It counts jobs by what they do, and processes")
    func counts() throws {
        let jobs = try [
            job("web", .running, 2), job("db", .running, 1), job("old", .stopped, 0), job("bad", .failed, 0),
            job("flaky", .flapping, 0), job("odd", .flapping, 0),
        ]
        #expect(
            StatusText.text(phase: .running, jobs: jobs)
                == "6 jobs: 2 running, 1 stopped, 1 failed (default.bad), 2 flapping (default.flaky, default.odd); "
                + "3 processes"
        )
    }

    @Test("One is one")
    func singular() throws {
        #expect(
            try StatusText.text(phase: .running, jobs: [job("web", .running, 1)]) == "1 job: 1 running; 1 process"
        )
        #expect(StatusText.text(phase: .running, jobs: []) == "No jobs")
    }

    @Test("While it stops it names those that are waited for, and no more than a few")
    func stopping() throws {
        let few = try [job("web", .stopping, 2), job("db", .stopped, 0)]
        #expect(StatusText.text(phase: .stopping, jobs: few) == "Stopping: waiting for default.web")
        let many = try (1...8).map { try job("j\($0)", .stopping, 1) }
        #expect(
            StatusText.text(phase: .stopping, jobs: many)
                == "Stopping: waiting for default.j1, default.j2, default.j3, default.j4, default.j5 and 3 more"
        )
        #expect(StatusText.text(phase: .stopping, jobs: []) == "Stopping")
    }

    @Test(
        "Starting and reloading are told",
        arguments: [(StatusText.Phase.starting, "Starting: "), (.reloading, "Reloading the configuration: ")]
    )
    func phases(phase: StatusText.Phase, prefix: String) throws {
        #expect(
            try StatusText.text(phase: phase, jobs: [job("web", .starting, 0)])
                == prefix + "1 job: 1 starting; 0 processes"
        )
    }

    @Test("Every state of a job has its place in the line", arguments: JobInfo.State.allCases)
    func states(state: JobInfo.State) throws {
        #expect(try StatusText.text(phase: .running, jobs: [job("web", state, 0)]).contains("1 \(state.rawValue)"))
    }

    private func job(_ name: String, _ state: JobInfo.State, _ processes: Int) throws -> StatusText.Job {
        StatusText.Job(name: try JobName(parsing: name), state: state, processes: processes)
    }
}
