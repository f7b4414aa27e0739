# The trainer as a container image, for catalogues that are too large for a function:
#
#   docker build --file infra/trainer.Dockerfile --tag trainer .
#
# 30 MB: the trainer, the C library, certificates. It is not root, and its root folder may be read-only: it writes to the
# folder that --out names.
FROM docker.io/library/rust:1.95-slim-bookworm AS build
WORKDIR /segue
COPY . .
# Compiled on the machine's own processors, for any of its kind.
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/segue/target \
    cargo build --release --locked --package trainer && \
    cp target/release/trainer /trainer

# Certificates, the C library and its users; neither shell nor packages.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /trainer /usr/local/bin/trainer
WORKDIR /tmp
USER nonroot
ENTRYPOINT ["trainer"]
CMD ["--help"]
