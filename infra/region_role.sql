-- The role under which pages of voivodeships are served: run once by a superuser, in any database of the server:
--   psql --set product=siedem --set region=siedem_region --file infra/region_role.sql
-- Then set REGION_DATABASE_ROLE=siedem_region; manage.py prepare gives the role the tables it needs.
CREATE ROLE :"region" NOLOGIN;
GRANT :"region" TO :"product" WITH INHERIT FALSE, SET TRUE;
