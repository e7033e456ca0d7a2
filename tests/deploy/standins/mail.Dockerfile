# In place of axllent/mailpit: mail.py, on the same ports. Context: tests/.
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends python3-aiosmtpd
COPY --chmod=755 deploy/standins/mail.py /mailpit
HEALTHCHECK --interval=15s --start-period=10s --start-interval=1s CMD ["/mailpit", "readyz"]
ENTRYPOINT ["/mailpit"]
