-- The role under which web servers work: run by a superuser once, in any database of the server, after
-- infra/region_role.sql for siedem_region and siedem_open:
--   psql --set product=siedem --set web=siedem_web --file infra/web_role.sql
-- Then set WEB_DATABASE_ROLE=siedem_web; manage.py prepare gives it its rights. So that web servers sign in as this role
-- and know no other's password, also:
--   ALTER ROLE siedem_web LOGIN; GRANT siedem_region, siedem_open TO siedem_web WITH INHERIT FALSE, SET TRUE; \password siedem_web
CREATE ROLE :"web" NOLOGIN;
GRANT :"web" TO :"product" WITH INHERIT FALSE, SET TRUE;
