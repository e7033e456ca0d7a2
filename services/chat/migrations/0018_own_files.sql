-- What somebody has uploaded, the newest first (file.list).
create index file_owner on file (user_id, id desc);
