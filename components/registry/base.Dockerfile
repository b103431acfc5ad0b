# The base of bundled apps, by the digest that is in the image's tag: another base is another image. Dependabot raises
# it here, where no argument hides it; the key nodeImage names another base in its place.
FROM gcr.io/distroless/nodejs24-debian13:nonroot@sha256:9eeb7f5887d0e239e78264b06f7f11d2e14be534050481803a9e4728fcdd278e
