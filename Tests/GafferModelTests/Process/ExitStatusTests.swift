import GafferModel
import Testing

@Suite("How a process ended")
struct ExitStatusTests {
    @Test(
        "It is told in words, and as the last exit of a job",
        arguments: [
            (.code(3), "exit code 3", #"{"pid":7,"exit_status":3,"term_signal":0,"time":1.5}"#),
            (.signal(.terminate), "SIGTERM", #"{"pid":7,"exit_status":0,"term_signal":15,"time":1.5}"#),
            (
                .outOfMemory, "SIGKILL (out of memory)",
                #"{"pid":7,"exit_status":0,"term_signal":9,"reason":"oom","time":1.5}"#
            ),
            (.unknown, "an unknown status", #"{"pid":7,"exit_status":null,"term_signal":null,"time":1.5}"#),
        ] as [(GafferModel.ExitStatus, String, String)]
    )
    func words(status: GafferModel.ExitStatus, text: String, json: String) {
        #expect(status.description == text)
        #expect(JobInfo.LastExit(pid: 7, status: status, time: 1.5).json.text == json)
    }

    @Test("A want of memory is a failure by SIGKILL")
    func outOfMemory() {
        #expect(!SuccessExit().contains(.outOfMemory))
        #expect(SuccessExit(signals: [.kill]).contains(.outOfMemory))
        #expect(!SuccessExit(signals: [.terminate]).contains(.outOfMemory))
        #expect(GafferModel.ExitStatus.outOfMemory.termSignal == .kill)
    }
}
