# shellcheck shell=bash
# What the backups of Compose and Kubernetes have in common. Sourced.

# archive FOLDER LINK [WORDS OF TAR]: commands for a shell that sees the folder. LINK links all of it into .backup at once, which is then read at
# leisure. It fails where something is removed just then, and begins again.
archive() {
    cat <<END
cd $1
trap 'rm -rf .backup' EXIT
for try in 1 2 3 4 5; do
    rm -rf .backup
    if $2; then break; fi
    [ \$try -lt 5 ]
done
tar -C .backup ${3:-} -cf - . || [ \$? = 1 ] # 1: a file lost its other link while it was read; what is in it never changes
END
}
