"""What a deployment changes: the template as SAM translates it, with values in place of its parameters.

CloudFormation replaces a resource whose create-only property changes, and what refers to it sees another one. So an
identity here is a digest of the logical id and of the create-only properties, as AWS's own resource schemas name them.
Needs aws-sam-translator and cfn-lint, which has those schemas: tests/lambda.sh runs it where both are installed.
"""

import functools
import hashlib
import json
import logging
import os
import pathlib
import re
import unittest

from cfnlint.helpers import REGIONS
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER, ResourceNotFoundError
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

REGION = "eu-west-1"
os.environ["AWS_DEFAULT_REGION"] = REGION  # which the translator asks for
logging.disable(logging.ERROR)
WORKSPACE = pathlib.Path(__file__).parent.parent
TEMPLATE = (WORKSPACE / "template.yaml").read_text(encoding="utf-8")
PSEUDO = {
    "AWS::AccountId": "000000000000",
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::StackName": "segue",
    "AWS::URLSuffix": "amazonaws.com",
}
NO_VALUE = object()
# Of a function, and not of its versions: they count at once, whatever the alias points at.
NOT_IN_A_VERSION = {"ReservedConcurrentExecutions", "Tags"}
HASH = "41ef4bb0b23661e66301aac36066912dac037827b4ae63a7b1165a5aa93ed4eb"
# Values other than the default where a type does not suggest one, with what they need beside them.
OTHER = {
    "ModelPrefix": {"ModelPrefix": "other/models"},
    "ApiTokens": {"ApiTokens": HASH},
    "CorsOrigins": {"CorsOrigins": "https://app.example"},
    "S3Endpoint": {"S3Endpoint": "https://s3.example"},
    "ReservedConcurrency": {"ReservedConcurrency": "5"},
    "TrainReservedConcurrency": {"TrainReservedConcurrency": "1"},
    "JwtIssuer": {"JwtIssuer": "https://issuer.example", "JwtAudience": "listeners"},
    "JwtAudience": {"JwtIssuer": "https://issuer.example", "JwtAudience": "listeners,others"},
    "DomainName": {"DomainName": "api.example", "CertificateArn": "arn:aws:acm:eu-west-1:000000000000:certificate/1"},
    "CertificateArn": {"DomainName": "api.example", "CertificateArn": "arn:aws:acm:eu-west-1:000000000000:certificate/2"},
    "HostedZoneId": {"DomainName": "api.example", "CertificateArn": "arn:1", "HostedZoneId": "Z000"},
    "AlarmEmail": {"AlarmEmail": "who@example.com"},
    "MonthlyBudget": {"AlarmEmail": "who@example.com", "MonthlyBudget": 20},
    "TrainerImage": {"TrainerImage": "trainer", "TrainerSubnets": "subnet-1", "TrainerSecurityGroups": "sg-1"},
    "TrainerSubnets": {"TrainerImage": "trainer", "TrainerSubnets": "subnet-2", "TrainerSecurityGroups": "sg-1"},
    "TrainerSecurityGroups": {"TrainerImage": "trainer", "TrainerSubnets": "subnet-1", "TrainerSecurityGroups": "sg-2"},
}


class Deployment:
    """The stack that some values of the parameters make, and some code."""

    def __init__(self, parameters=None, code="s3://bucket/code"):
        source = yaml_parse(TEMPLATE)
        self.values = {name: parameter["Default"] for name, parameter in source["Parameters"].items()}
        self.values.update(parameters or {})
        for resource in source["Resources"].values():
            if resource["Type"] == "AWS::Serverless::Function":
                resource["Properties"]["CodeUri"] = code
        source["Globals"]["Function"].pop("CodeUri")
        self.rules = source["Rules"]
        self.template = transform(source, dict(self.values), None)
        self.resources = self.template["Resources"]

    def resolve(self, value):
        """A value without its functions; `NO_VALUE` where there is none."""
        if isinstance(value, list):
            return [item for item in map(self.resolve, value) if item is not NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            [(name, argument)] = value.items()
            if name == "Ref":
                return self.reference(argument)
            if name == "Condition" and isinstance(argument, str):
                return self.condition(argument)
            if name.startswith("Fn::"):
                return self.function(name[4:], argument)
        resolved = {name: self.resolve(member) for name, member in value.items()}
        return {name: member for name, member in resolved.items() if member is not NO_VALUE}

    def reference(self, name):
        if name == "AWS::NoValue":
            return NO_VALUE
        return {**PSEUDO, **self.values}[name] if name not in self.resources else self.identity(name)

    def condition(self, name):
        return self.resolve(self.template["Conditions"][name])

    def function(self, name, argument):
        if name == "If":
            return self.resolve(argument[1] if self.condition(argument[0]) else argument[2])
        if name == "Sub":
            text, names = argument if isinstance(argument, list) else (argument, {})
            return re.sub(r"\$\{([^!}]+)\}", lambda match: str(self.substitute(match[1], names)), text)
        if name == "GetAtt":
            logical, attribute = argument if isinstance(argument, list) else argument.split(".", 1)
            return f"{self.identity(logical)}.{attribute}"
        argument = self.resolve(argument)
        if name == "Equals":
            return str(argument[0]) == str(argument[1])
        if name == "Not":
            return not argument[0]
        if name == "And":
            return all(argument)
        if name == "Split":
            return argument[1].split(argument[0])
        if name == "Join":
            return argument[0].join(argument[1])
        raise NotImplementedError(name)

    def substitute(self, name, names):
        if name in names:
            return self.resolve(names[name])
        logical, _, attribute = name.partition(".")
        return self.function("GetAtt", [logical, attribute]) if attribute else self.reference(name)

    def identity(self, logical):
        """A resource's identity: another one means that CloudFormation makes another resource."""
        resource = self.resources[logical]
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, resource["Type"]).schema
        fixed = {}
        for path in schema.get("createOnlyProperties", []):
            value = resource.get("Properties", {})
            for part in path.split("/")[2:]:
                value = value.get(part, {}) if isinstance(value, dict) else {}
            fixed[path] = self.resolve(value)
        text = json.dumps([logical, resource["Type"], fixed], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def of_type(self, kind):
        return {name: resource for name, resource in self.resources.items() if resource["Type"] == kind}

    def serving(self):
        """The version that the API's requests reach: that of the alias which its integrations name."""
        body = self.resolve(self.resources["Api"]["Properties"]["Body"])
        targets = set(re.findall(r"functions/(\S+?)/invocations", json.dumps(body)))
        [(_, alias)] = self.of_type("AWS::Lambda::Alias").items()
        properties = self.resolve(alias["Properties"])
        assert targets == {f"{self.identity('RecommendFunction')}.Arn:{properties['Name']}"}, targets
        return properties["FunctionVersion"]

    def snapshot(self):
        """What a version of the function keeps of it."""
        properties = self.resolve(self.resources["RecommendFunction"]["Properties"])
        return {name: value for name, value in properties.items() if name not in NOT_IN_A_VERSION}

    def broken_rules(self):
        """The names of the rules that refuse these values, and of the parameters whose pattern does."""
        broken = set()
        for name, rule in self.rules.items():
            if self.resolve(rule["RuleCondition"]):
                if not all(self.resolve(assertion["Assert"]) for assertion in rule["Assertions"]):
                    broken.add(name)
        for name, parameter in self.template["Parameters"].items():
            pattern = parameter.get("AllowedPattern")
            if pattern is not None and not re.fullmatch(pattern, str(self.values[name])):
                broken.add(name)
        return broken


@functools.cache
def stack_of(values):
    return Deployment(json.loads(values))


def stack_with(values=None):
    """The stack of these values, translated once."""
    return stack_of(json.dumps(values or {}, sort_keys=True))


def other(name, parameter):
    """Values with another one for this parameter."""
    if name in OTHER:
        return OTHER[name]
    for value in parameter.get("AllowedValues", []):
        if value != parameter["Default"]:
            return {name: value}
    assert parameter["Type"] == "Number", f"{name} has no other value in OTHER"
    value = parameter["Default"] + 1
    return {name: value if value <= parameter.get("MaxValue", value) else value - 2}


class DeploymentTest(unittest.TestCase):
    maxDiff = None

    def test_a_value_that_reaches_the_function_reaches_what_serves_and_no_other_makes_a_version(self):
        first = stack_with()
        self.assertEqual(first.serving(), Deployment().serving())
        reached = set()
        for name, parameter in first.template["Parameters"].items():
            with self.subTest(name):
                then = stack_with(other(name, parameter))
                self.assertEqual(then.broken_rules(), set())
                # Lambda refuses to publish a version that has nothing new.
                self.assertEqual(then.serving() != first.serving(), then.snapshot() != first.snapshot())
                if then.serving() != first.serving():
                    reached.add(name)
        self.assertEqual(reached, {"ApiTokens", "Architecture", "CorsOrigins", "FunctionMemory", "LogLevel", "ModelPrefix",
                                   "RefreshSeconds", "S3Endpoint", "SpotifyCompat"})

    def test_new_code_reaches_what_serves(self):
        self.assertNotEqual(stack_with().serving(), Deployment(code="s3://bucket/other").serving())

    def test_the_train_function_answers_with_its_newest_code_and_settings(self):
        stack = stack_with()
        [rule] = stack.of_type("AWS::Events::Rule").values()
        [target] = rule["Properties"]["Targets"]
        self.assertEqual(stack.resolve(target["Arn"]), f"{stack.identity('TrainFunction')}.Arn")

    def test_a_description_fits_into_a_version(self):
        many = {"ApiTokens": ",".join([HASH] * 50), "CorsOrigins": ",".join(["https://app.example"] * 30)}
        [version] = stack_with(many).of_type("AWS::Lambda::Version").values()
        limit = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, version["Type"]).schema["properties"]["Description"]
        # The number of settings stands where the digest does here.
        self.assertLessEqual(len(stack_with(many).resolve(version["Properties"]["Description"])), limit["maxLength"])

    def test_what_takes_a_deployment_back_looks_at_the_new_version_only(self):
        stack = stack_with()
        [group] = stack.of_type("AWS::CodeDeploy::DeploymentGroup").values()
        [version] = stack.of_type("AWS::Lambda::Version")
        alarms = [alarm["Name"]["Ref"] for alarm in group["Properties"]["AlarmConfiguration"]["Alarms"]]
        self.assertTrue(alarms)
        for name in alarms:
            alarm = stack.resolve(stack.resources[name]["Properties"])
            values = {dimension["Name"]: dimension["Value"] for dimension in alarm["Dimensions"]}
            of_version = values.get("ExecutedVersion", values.get("version"))
            self.assertEqual(of_version, f"{stack.identity(version)}.Version", name)
            # Without a model, as on a first deployment, new code is not at fault.
            self.assertNotEqual(alarm["MetricName"], "ModelLoadFailures", name)

    def test_values_that_exclude_each_other_are_refused(self):
        jwt = OTHER["JwtIssuer"]
        for values, broken in [
            ({"JwtIssuer": "https://issuer.example"}, {"JwtNeedsAudience"}),
            ({"DomainName": "api.example"}, {"DomainNeedsCertificate"}),
            ({**jwt, "ApiTokens": HASH}, {"TokensOrJwt"}),
            ({"TrainerImage": "trainer"}, {"TrainerNeedsNetwork"}),
            ({"TrainerImage": "trainer", "TrainerSubnets": "subnet-1"}, {"TrainerNeedsNetwork"}),
            ({"MonthlyBudget": 20}, {"BudgetNeedsEmail"}),
            ({"ModelPrefix": "uploads"}, {"ModelPrefix"}),
            ({"ModelPrefix": "batch"}, {"ModelPrefix"}),
            ({"ModelPrefix": "uploads/models"}, {"ModelPrefix"}),
            ({"ModelPrefix": "uploads2"}, set()),
            ({"ModelPrefix": "models/batch"}, set()),
            ({"CorsOrigins": "https://a.example, https://b.example"}, {"CorsOrigins"}),
            ({"CorsOrigins": "https://a.example/"}, {"CorsOrigins"}),
            ({"CorsOrigins": "https://a.example,capacitor://localhost"}, set()),
            ({"CorsOrigins": "*"}, set()),
            ({}, set()),
        ]:
            with self.subTest(values):
                self.assertEqual(stack_with(values).broken_rules(), broken)

    def test_a_budget_tells_whom_alarms_tell(self):
        stack = stack_with({"MonthlyBudget": 20, "AlarmEmail": "who@example.com"})
        self.assertTrue(stack.condition(stack.resources["Budget"]["Condition"]))
        nested = stack.resolve(stack.resources["Budget"]["Properties"])
        self.assertEqual(nested["Parameters"], {"Usd": 20, "Email": "who@example.com"})
        template = yaml_parse((WORKSPACE / nested["TemplateURL"]).read_text(encoding="utf-8"))
        self.assertEqual(set(template["Parameters"]), set(nested["Parameters"]))
        budget = template["Resources"]["Budget"]["Properties"]
        self.assertEqual(budget["Budget"]["BudgetLimit"], {"Amount": {"Ref": "Usd"}, "Unit": "USD"})
        for notice in budget["NotificationsWithSubscribers"]:
            self.assertEqual([subscriber["Address"] for subscriber in notice["Subscribers"]], [{"Ref": "Email"}])
        self.assertFalse(stack_with().condition("HasBudget"))

    def test_every_region_has_every_type_whatever_its_condition(self):
        kinds = {resource["Type"] for resource in stack_with().resources.values()}
        missing = []
        for region in REGIONS:
            for kind in kinds:
                try:
                    PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, kind)
                except ResourceNotFoundError:
                    missing.append((region, kind))
        self.assertEqual(missing, [])

    def test_trainings_at_once_are_limited_where_they_are_to_be(self):
        def reserved(values):
            stack = stack_with(values)
            function = stack.resolve(stack.resources["TrainFunction"]["Properties"])
            return function.get("ReservedConcurrentExecutions")

        self.assertEqual([reserved({}), reserved({"TrainReservedConcurrency": "1"})], [None, "1"])

    def test_with_a_domain_the_api_has_no_other_door(self):
        def closed(values):
            stack = stack_with(values)
            servers = stack.resolve(stack.resources["Api"]["Properties"]["Body"])["servers"]
            return [server["x-amazon-apigateway-endpoint-configuration"]["disableExecuteApiEndpoint"] for server in servers]

        self.assertEqual([closed({}), closed(OTHER["DomainName"])], [[False], [True]])

    def test_with_jwt_the_page_and_health_need_no_token_and_all_else_does(self):
        stack = stack_with(OTHER["JwtIssuer"])
        paths = stack.resolve(stack.resources["Api"]["Properties"]["Body"])["paths"]
        asks = {(path, method) for path, methods in paths.items() for method, route in methods.items()
                if method != "parameters" and {"Jwt": []} in route["security"]}
        self.assertEqual(asks, {("/{proxy+}", "x-amazon-apigateway-any-method")})
        self.assertEqual(set(paths), {"/", "/page/{file}", "/health", "/{proxy+}"})

    def test_without_origins_there_is_no_cors_and_with_them_for_these(self):
        def cors(values):
            stack = stack_with(values)
            return stack.resolve(stack.resources["Api"]["Properties"]["Body"]).get("x-amazon-apigateway-cors")

        self.assertIsNone(cors({}))
        two = cors({"CorsOrigins": "https://a.example,https://b.example"})
        self.assertEqual(two["allowOrigins"], ["https://a.example", "https://b.example"])


if __name__ == "__main__":
    unittest.main()
