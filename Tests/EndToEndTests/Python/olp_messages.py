"""The messages and methods of a folder of protos, made at run time by protoc."""

import pathlib
import subprocess
import tempfile

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory


class Protos:
    """Classes by full name, in a pool of their own: the runtime's well-known types are not touched."""

    def __init__(self, folder):
        root = pathlib.Path(folder)
        files = sorted(str(path.relative_to(root)) for path in root.rglob("*.proto"))
        with tempfile.TemporaryDirectory() as temporary:
            output = pathlib.Path(temporary) / "descriptors"
            subprocess.run(
                ["protoc", f"--proto_path={root}", "--include_imports", f"--descriptor_set_out={output}", *files],
                check=True,
            )
            descriptors = descriptor_pb2.FileDescriptorSet.FromString(output.read_bytes())
        self.pool = descriptor_pool.DescriptorPool()
        for file in descriptors.file:
            self.pool.Add(file)

    def message(self, name):
        """The class of a message, by its full name."""
        return message_factory.GetMessageClass(self.pool.FindMessageTypeByName(name))

    def method(self, name):
        """The classes of request and reply of "package.Service/Method"."""
        service, _, method = name.partition("/")
        found = self.pool.FindServiceByName(service).methods_by_name[method]
        return message_factory.GetMessageClass(found.input_type), message_factory.GetMessageClass(found.output_type)
