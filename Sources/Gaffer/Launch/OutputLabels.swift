internal import GafferModel

extension JobConfig {
    /// The labels of the captured outputs, stdout first; stderr shares stdout's stream where both are the same.
    var outputLabels: [String] {
        redirectOutput ?? ["stdout", "stderr"]
    }
}
