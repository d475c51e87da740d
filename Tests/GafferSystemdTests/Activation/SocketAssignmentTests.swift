import GafferSystemd
import Testing

@Suite("Sockets that systemd passes")
struct SocketAssignmentTests {
    private let control = "unix:/run/gaffer/gafferd.sock"

    @Test("The control socket is known by its address, or by its name")
    func controlSocket() {
        for passed in [
            SocketAssignment.Passed(address: control, name: "gafferd.socket"),
            SocketAssignment.Passed(address: "unix:/run/other.sock", name: "control"),
        ] {
            let assignment = SocketAssignment([passed], control: control, endpoints: [])
            #expect(assignment.control == 0)
            #expect(assignment.unwanted.isEmpty)
        }
    }

    @Test("The name alone makes no control socket of a TCP one, which anybody may reach")
    func tcpIsNoControl() {
        let passed = SocketAssignment.Passed(address: "0.0.0.0:5000", name: "control")
        let assignment = SocketAssignment([passed], control: control, endpoints: [])
        #expect(assignment.control == nil)
        #expect(assignment.unwanted == [0])
    }

    @Test(
        "An endpoint is served on a socket of its very address",
        arguments: [
            ("127.0.0.1:5000", "127.0.0.1:5000", true),
            ("127.0.0.1:5000", "localhost:5000", true),
            ("[::1]:5000", "localhost:5000", true),
            ("0.0.0.0:5000", "127.0.0.1:5000", false),
            ("[::]:5000", "localhost:5000", false),
            ("127.0.0.1:5001", "127.0.0.1:5000", false),
            ("unix:/run/x.sock", "unix:/run/x.sock", true),
        ]
    )
    func endpoint(passed: String, configured: String, isServed: Bool) {
        let assignment = SocketAssignment(
            [.init(address: control, name: "control"), .init(address: passed, name: "control")],
            control: control,
            endpoints: ["10.0.0.1:80", configured]
        )
        #expect(assignment.control == 0)
        #expect(assignment.endpoints == (isServed ? [1: 1] : [:]))
        #expect(assignment.unwanted == (isServed ? [] : [1]))
    }

    @Test("The name that all sockets of a unit share counts for none that an address tells", arguments: [false, true])
    func sharedName(isReversed: Bool) {
        let passed = [
            SocketAssignment.Passed(address: "unix:/run/other.sock", name: "control"),
            SocketAssignment.Passed(address: control, name: "control"),
        ]
        let assignment = SocketAssignment(
            isReversed ? passed.reversed() : passed,
            control: control,
            endpoints: ["unix:/run/other.sock"]
        )
        #expect(assignment.control == (isReversed ? 0 : 1))
        #expect(assignment.endpoints == [0: isReversed ? 1 : 0])
        #expect(assignment.unwanted.isEmpty)
    }

    @Test("A second socket for the same thing is not wanted")
    func twice() {
        let assignment = SocketAssignment(
            [.init(address: control, name: "control"), .init(address: "unix:/run/b.sock", name: "control")],
            control: control,
            endpoints: []
        )
        #expect(assignment.control == 0)
        #expect(assignment.unwanted == [1])
    }
}
