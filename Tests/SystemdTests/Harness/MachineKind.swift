import Glibc
import ProgramTestKit
import Testing

/// The machines that a test can have.
enum MachineKind: Sendable {
    /// A container on this machine's kernel, with the cgroups that it is given.
    case box(cgroup: String)
    /// A User-Mode Linux: a kernel of its own, with all controllers of cgroups.
    case virtual

    static let box = MachineKind.box(cgroup: "unified")

    /// The words that start one, up to the command that is run in it.
    func command(tree: String, shown: [String]) -> [String] {
        let shown = shown.flatMap { ["--show", $0] }
        return switch self {
        case .box(let cgroup): [Project.script("box"), "--cgroup", cgroup, "--tree", tree] + shown + ["--"]
        case .virtual: [Project.script("vm"), "--tree", tree] + shown + ["--"]
        }
    }

    /// Why there can be no such machine here; nil where there can.
    var reasonWhyNot: String? {
        switch self {
        case .box: Self.whyNoBox
        case .virtual: Self.whyNoVirtualMachine
        }
    }

    private static let whyNoBox = probe("box")
    private static let whyNoVirtualMachine = probe("vm")

    /// Blocks for some milliseconds, once.
    private static func probe(_ script: String) -> String? {
        let command = "'\(Project.script(script))' --probe 2>&1 < /dev/null"
        guard let pipe = popen(command, "r") else { return "\(script) could not be asked" }
        var text: [UInt8] = []
        var byte = getc(pipe)
        while byte != EOF {
            text.append(UInt8(truncatingIfNeeded: byte))
            byte = getc(pipe)
        }
        if pclose(pipe) == 0 { return nil }
        return String(decoding: text, as: UTF8.self).split(separator: "\n").joined(separator: "; ")
    }
}

extension Trait where Self == ConditionTrait {
    /// Runs only where a container can boot a systemd.
    static var needsBox: ConditionTrait { needs(.box) }
    /// Runs only where the virtual machine can.
    static var needsVirtualMachine: ConditionTrait { needs(.virtual) }

    private static func needs(_ kind: MachineKind) -> ConditionTrait {
        let reason = kind.reasonWhyNot
        return .enabled(if: reason == nil, "No systemd can be booted here: \(reason ?? "")")
    }
}
