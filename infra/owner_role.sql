-- The role that owns the product's database, and is no superuser: docker-compose.yml runs this as the superuser of a
-- new cluster, once, in the product's database, whose owner the role becomes. CREATEROLE makes the roles of pages
-- (manage.py prepare), REPLICATION takes backups (infra/backup.py).
\set ON_ERROR_STOP on
\getenv password POSTGRES_PASSWORD
CREATE ROLE siedem LOGIN CREATEROLE REPLICATION PASSWORD :'password';
ALTER DATABASE :"DBNAME" OWNER TO siedem;
-- Without a password nobody signs in as the superuser over the network (pg_hba.conf), only from inside its container.
ALTER ROLE CURRENT_USER PASSWORD NULL;
