import Foundation
import PackagePlugin

/// Has the folder `web` of a target written into a Swift file, so that a program carries its pages with it.
@main struct EmbedWeb: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let folder = target.directoryURL.appending(path: "web", directoryHint: .isDirectory)
        let output = context.pluginWorkDirectoryURL.appending(path: "Embedded.swift")
        // The files themselves, so that a change of one is seen; a new one changes this list.
        let files =
            FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.isRegularFileKey])?
            .compactMap { $0 as? URL }
            .filter { (try? $0.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true } ?? []
        return [
            .buildCommand(
                displayName: "Embedding \(files.count) files of \(target.name)",
                executable: try context.tool(named: "embed-web").url,
                arguments: [folder.path(percentEncoded: false), output.path(percentEncoded: false)],
                inputFiles: files.sorted { $0.path() < $1.path() }, outputFiles: [output])
        ]
    }
}
