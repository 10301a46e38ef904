-- A role under which pages of voivodeships are served, or open pages of statistics: run by a superuser once for each, in
-- any database of the server:
--   psql --set product=siedem --set region=siedem_region --file infra/region_role.sql
--   psql --set product=siedem --set region=siedem_open --file infra/region_role.sql
-- Then set REGION_DATABASE_ROLE=siedem_region and OPEN_DATABASE_ROLE=siedem_open; manage.py prepare gives each role the
-- tables it needs.
CREATE ROLE :"region" NOLOGIN;
GRANT :"region" TO :"product" WITH INHERIT FALSE, SET TRUE;
