FROM node:24-slim

ENV NODE_ENV=production
WORKDIR /app

# The runtime comes with the image, so the optional packages that bring it elsewhere are left out.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts && npm cache clean --force

COPY . .

# The embedded database's folder, for a container that is given no DATABASE_URL, and one for CREDENCE_ADMIN_KEY_FILE: mount
# volumes there.
RUN mkdir /data /keys && chown node:node /data /keys

USER node
ENV HOST=0.0.0.0 PORT=3000 CREDENCE_DATA_DIR=/data
EXPOSE 3000

HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=6 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]

# The service handles signals itself and starts no processes, so it can be the first of the container.
STOPSIGNAL SIGTERM
# The flag shortens garbage collections: see docs/guides/operate.md.
CMD ["node", "--no-allocation-site-pretenuring", "src/main.ts"]
