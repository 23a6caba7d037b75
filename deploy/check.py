"""What no schema knows about the files of this folder: whether they fit together, and whether the programs take them.

  check.py manifests FILE...                      selectors, references and rights of Kubernetes documents
  check.py variables PROGRAMS SECRETS [MANIFESTS] every form's variables, by `--check-config` of the programs themselves
  check.py pod SERVICE FOLDER                     reads what kustomize makes; prints the documents of one pod for podman
"""

import base64
import os
import pathlib
import re
import subprocess
import sys

import yaml

FOLDER = pathlib.Path(__file__).parent
SERVICES = ["partnership", "enrolment", "training-events", "diagnostics", "gateway"]


# Kubernetes


def pods(documents):
    """Name and pod template of everything that makes pods."""
    return [
        (f"{document['kind']}/{document['metadata']['name']}", document["spec"]["template"])
        for document in documents
        if document["kind"] in ("Deployment", "Job")
    ]


def selects(selector, template):
    labels = template["metadata"]["labels"]
    return bool(selector) and all(labels.get(key) == value for key, value in selector.items())


def selector_of(document):
    match document["kind"]:
        case "Service":
            return document["spec"].get("selector")
        case "PodDisruptionBudget" | "Deployment":
            return document["spec"].get("selector", {}).get("matchLabels")
    return None


def reference_problems(where, template, names):
    spec = template["spec"]
    wanted = [("Secret", volume["secret"]["secretName"]) for volume in spec["volumes"] if "secret" in volume]
    wanted += [("ConfigMap", volume["configMap"]["name"]) for volume in spec["volumes"] if "configMap" in volume]
    for container in spec["containers"]:
        wanted += [("ConfigMap", source["configMapRef"]["name"]) for source in container.get("envFrom", [])]
    return [f"{where}: there is no {kind} {name}" for kind, name in wanted if (kind, name) not in names]


def rights_problems(where, template):
    """The rules of the pod security standard "restricted", and two of our own."""
    spec = template["spec"]
    context = spec.get("securityContext", {})
    rules = {
        "runs as a number that is not root's": context.get("runAsNonRoot") is True and context.get("runAsUser", 0) > 0,
        "has a seccomp profile": context.get("seccompProfile", {}).get("type") == "RuntimeDefault",
        "has no token of the cluster": spec.get("automountServiceAccountToken") is False,
        "gets no variables of services": spec.get("enableServiceLinks") is False,
    }
    for container in spec["containers"]:
        own = container.get("securityContext", {})
        rules |= {
            "cannot gain rights": own.get("allowPrivilegeEscalation") is False,
            "has a read-only root": own.get("readOnlyRootFilesystem") is True,
            "has no capabilities": own.get("capabilities", {}).get("drop") == ["ALL"],
            "says what it needs": "memory" in container["resources"]["limits"] and "cpu" in container["resources"]["requests"],
        }
    return [f"{where}: it is not so that it {rule}" for rule, holds in rules.items() if not holds]


def manifest_problems(documents):
    names = {(document["kind"], document["metadata"]["name"]) for document in documents}
    problems = []
    for document in documents:
        where = f"{document['kind']}/{document['metadata']['name']}"
        if document["kind"] in ("Service", "PodDisruptionBudget", "Deployment"):
            selected = [name for name, template in pods(documents) if selects(selector_of(document), template)]
            if len(selected) != 1:
                problems.append(f"{where} selects {selected or 'nothing'} instead of one")
        if document["kind"] == "HorizontalPodAutoscaler":
            target = document["spec"]["scaleTargetRef"]
            if (target["kind"], target["name"]) not in names:
                problems.append(f"{where} scales {target['name']}, which is not there")
    for where, template in pods(documents):
        problems += reference_problems(where, template, names) + rights_problems(where, template)
        kind, name = where.split("/")
        if kind == "Deployment":
            for companion in ("HorizontalPodAutoscaler", "PodDisruptionBudget", "Service"):
                if (companion, name) not in names:
                    problems.append(f"{where} has no {companion}")
    return problems


# Variables


def from_examples():
    """Every example of env/, with what is commented out put in force."""
    for service in SERVICES:
        text = (FOLDER / "env" / f"{service}.env.example").read_text()
        yield f"env/{service}.env.example", service, dict(re.findall(r"^#?(OLP_\w+)=(.*)$", text, re.MULTILINE))


def from_compose():
    compose = yaml.safe_load((FOLDER / "compose.yaml").read_text())
    for service in SERVICES:
        yield f"compose.yaml, {service}", service, compose["services"][service]["environment"]


def from_manifests(path):
    for document in yaml.safe_load_all(pathlib.Path(path).read_text()):
        match = re.fullmatch(r"olp-(.+)-\w{10}", document["metadata"]["name"])
        if document["kind"] == "ConfigMap" and match:
            variables = dict(document["data"])
            prefix = "OLP_" + match[1].upper().replace("-", "_")
            yield f"kubernetes, {match[1]}", match[1], variables | {f"{prefix}_CONFIG": "/run/secrets/olp/config"}


def variable_problems(programs, secrets, manifests):
    home = {"HOME": "/nonexistent", "PATH": os.environ["PATH"]}
    forms = [*from_examples(), *from_compose(), *(form for path in manifests for form in from_manifests(path))]
    for where, service, variables in forms:
        places = [
            (r"^/run/(secrets|secrets/olp|credentials/[^/]+)/(?:secret_)?([\w-]+)$", rf"{secrets}/{service}.\2"),
            (r"^/etc/olp/", f"{secrets}/public/"),
        ]
        for pattern, place in places:
            variables = {key: re.sub(pattern, place, str(value)) for key, value in variables.items()}
        result = subprocess.run(
            [f"{programs}/olp-{service}", "--check-config"], env=home | variables, capture_output=True, text=True, timeout=60
        )
        if result.returncode != 0:
            yield f"{where}: {result.stderr.strip()}"


# One pod


def pod_documents(documents, service, folder):
    """A Deployment with its ConfigMaps, its image being the one that was built here, and its Secret in a folder.

    Podman 4.3 mounts Secrets undecoded. The folder has what a cluster would have mounted: files of root's that one group may
    read.
    """
    kinds = {(d["kind"], d["metadata"]["name"]): d for d in documents}
    deployment = kinds["Deployment", f"olp-{service}"]
    spec = deployment["spec"]["template"]["spec"]
    spec["containers"][0] |= {"image": f"localhost/olp-{service}:latest", "imagePullPolicy": "Never"}
    for volume in spec["volumes"]:
        if "configMap" in volume:
            # The default said aloud: podman 4.3 reads it without asking whether it is there.
            volume["configMap"]["optional"] = False
        if "secret" in volume:
            secret = volume.pop("secret")
            volume["hostPath"] = {"path": folder, "type": "Directory"}
            for name, value in kinds["Secret", secret["secretName"]]["data"].items():
                file = pathlib.Path(folder, name)
                file.write_bytes(base64.b64decode(value))
                os.chown(file, 0, spec["securityContext"]["fsGroup"])
                file.chmod(secret["defaultMode"])
    text = yaml.dump(deployment)
    return [d for (kind, name), d in kinds.items() if kind == "ConfigMap" and name in text] + [deployment]


def main():
    match sys.argv[1:]:
        case ["manifests", *paths]:
            problems = [
                problem
                for path in paths
                for problem in manifest_problems(list(yaml.safe_load_all(pathlib.Path(path).read_text())))
            ]
        case ["variables", programs, secrets, *manifests]:
            problems = list(variable_problems(programs, secrets, manifests))
        case ["pod", service, folder]:
            yaml.dump_all(pod_documents(list(yaml.safe_load_all(sys.stdin)), service, folder), sys.stdout)
            return
        case _:
            sys.exit(__doc__)
    for problem in problems:
        print(problem, file=sys.stderr)
    sys.exit(1 if problems else 0)


main()
