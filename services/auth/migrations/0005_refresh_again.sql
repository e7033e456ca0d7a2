-- An exchange whose answer was lost can be repeated by whoever made it: with the key that came with it (the first half of its SHA-256), while what
-- came of it (`next`) has not been used.
alter table refresh_token add column exchange_key bytea check (octet_length(exchange_key) = 16), add column next bytea;
