# Slow Bloom in a container; docs/deploying.md says how to run it. Untested by this repository's checks.
FROM rust:1-bookworm AS build
WORKDIR /src
COPY . .
RUN cargo build --release --locked --bin slowbloom

FROM debian:bookworm-slim
RUN useradd --system --create-home --home-dir /var/lib/slowbloom --shell /usr/sbin/nologin slowbloom
COPY --from=build /src/target/release/slowbloom /usr/local/bin/slowbloom
USER slowbloom
WORKDIR /var/lib/slowbloom
VOLUME /var/lib/slowbloom
STOPSIGNAL SIGTERM
ENTRYPOINT ["slowbloom"]
CMD ["run"]
