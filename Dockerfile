# Copies the app, bundled and staged by the Pulumi program, onto a minimal base. It runs nothing, so a build takes a
# second, needs no network and builds any platform on any machine.
# The program passes the base: components/registry/base.Dockerfile, or the key nodeImage.
ARG NODE_IMAGE
FROM ${NODE_IMAGE}
# Distroless bases keep node off PATH.
ENV PATH=/nodejs/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin NODE_ENV=production
WORKDIR /app
COPY . .
# On Fargate a volume takes owner and mode from the image only where the image declares it.
VOLUME ["/tmp"]
# The commit that the program built this content at, for `/status` and for whoever inspects the image.
ARG COMMIT=
ENV APP_COMMIT=$COMMIT
LABEL org.opencontainers.image.revision=$COMMIT
USER 65532:65532
ENTRYPOINT ["node"]
CMD ["dist/server.js"]
