"""The signing keys are changed while people talk: nobody is signed out, neither those who have an old token nor those who get a new one."""

import asyncio
import subprocess

import jwt
from harness import until


def kid(token):
    return jwt.get_unverified_header(token)["kid"]


def test_new_keys_sign_nobody_out(postgres, judged):
    suite = judged.start(postgres)
    person = suite.client().register()
    old = kid(person.token)

    def new_key_signs():
        subprocess.run([suite.build / "bin/palique-auth", "--rotate-keys"], env=suite.env_of("auth"), check=True, timeout=60)
        until(lambda: kid(person.login().token) != old, "the new key to sign", timeout=120)

    async def rotate(talkers):
        await judged.goes_on()
        await asyncio.to_thread(new_key_signs)
        for gateway in range(2):
            assert suite.client(gateway).get("/auth/me", headers={"Authorization": f"Bearer {person.token}"}).status_code == 200
        for talker in talkers.values():
            talker.drop()  # and comes back with the token that the old key has signed
        connections = lambda: judged.world.counts["connections"]  # noqa: E731
        await judged.reaches(connections, len(talkers))
        await judged.goes_on()

    assert judged.complaints(rotate) == []
