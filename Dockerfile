# Compiles with the development tools, which the image that runs does not have.
FROM node:20-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY src src
COPY console console
RUN npm run build && npm prune --omit=dev

FROM node:20-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY proto proto
# Nothing of it is this user's: what runs can change no file of the image.
USER node
EXPOSE 50051 9464
# Ready means: the store answers. A node without its store still serves watches, so an orchestrator should take it out
# of rotation rather than restart it. Whose certificate it is does not matter here: it asks itself.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["node", "--eval", "process.env.NODE_TLS_REJECT_UNAUTHORIZED = 0; fetch('http://127.0.0.1:9464/readyz').catch(() => fetch('https://127.0.0.1:9464/readyz')).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/cli/main.js"]
# Within a container the loopback address would reach nobody. In plaintext: who reaches it, `docker run -p` says; with a
# certificate (PHID_TLS_CERT, PHID_TLS_KEY) it has no effect.
CMD ["serve", "--insecure", "--grpc-addr", "0.0.0.0:50051", "--http-addr", "0.0.0.0:9464"]
