package import GafferModel

/// Where an output comes from: a process that has just been started.
package struct ProcessOrigin: Sendable {
    package var name: JobName
    /// gaffer's own number.
    package var pid: Int
    /// The kernel's.
    package var osPid: Int32
    package var instance: Int
    package var isCommit: Bool
    package var config: JobConfig

    package init(name: JobName, pid: Int, osPid: Int32, instance: Int, isCommit: Bool, config: JobConfig) {
        self.name = name
        self.pid = pid
        self.osPid = osPid
        self.instance = instance
        self.isCommit = isCommit
        self.config = config
    }

    init(order: LaunchOrder, osPid: Int32) {
        self.init(
            name: order.name,
            pid: order.pid,
            osPid: osPid,
            instance: order.instance,
            isCommit: order.isCommit,
            config: order.config
        )
    }
}
