"use strict";
// The nearest equivalent of the dev stack in CDK, as its documentation builds it: compiled JavaScript, so that the
// comparison leaves a TypeScript loader out.
const cdk = require("aws-cdk-lib");
const dynamodb = require("aws-cdk-lib/aws-dynamodb");
const ec2 = require("aws-cdk-lib/aws-ec2");
const ecr = require("aws-cdk-lib/aws-ecr");
const ecs = require("aws-cdk-lib/aws-ecs");
const patterns = require("aws-cdk-lib/aws-ecs-patterns");
const s3 = require("aws-cdk-lib/aws-s3");

const app = new cdk.App();
const stack = new cdk.Stack(app, "dev");
const vpc = new ec2.Vpc(stack, "network", { maxAzs: 2, natGateways: 0 });
vpc.addGatewayEndpoint("s3", { service: ec2.GatewayVpcEndpointAwsService.S3 });
vpc.addGatewayEndpoint("dynamodb", { service: ec2.GatewayVpcEndpointAwsService.DYNAMODB });
for (const name of ["logs", "assets", "backups"])
  new s3.Bucket(stack, name, {
    versioned: true,
    enforceSSL: true,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
  });
const table = new dynamodb.Table(stack, "table", {
  partitionKey: { name: "pk", type: dynamodb.AttributeType.STRING },
  sortKey: { name: "sk", type: dynamodb.AttributeType.STRING },
  billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
});
const repository = new ecr.Repository(stack, "registry", { imageScanOnPush: true });
const service = new patterns.ApplicationLoadBalancedFargateService(stack, "api", {
  vpc,
  cpu: 256,
  memoryLimitMiB: 512,
  assignPublicIp: true,
  circuitBreaker: { rollback: true },
  minHealthyPercent: 100,
  taskImageOptions: {
    image: ecs.ContainerImage.fromEcrRepository(repository),
    containerPort: 8080,
  },
});
table.grantReadWriteData(service.taskDefinition.taskRole);
const scaling = service.service.autoScaleTaskCount({ minCapacity: 1, maxCapacity: 2 });
scaling.scaleOnCpuUtilization("cpu", { targetUtilizationPercent: 60 });
scaling.scaleOnMemoryUtilization("memory", { targetUtilizationPercent: 75 });
app.synth();
