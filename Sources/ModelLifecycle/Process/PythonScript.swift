/// What scripts have in common that are given to a Python as text, with `-c`.
package enum PythonScript {
    /// Their first line: nothing is imported from the working directory, which may have a folder `datasets`.
    package static let ownPath = "import sys; sys.path[:] = filter(None, sys.path)\n"
}
