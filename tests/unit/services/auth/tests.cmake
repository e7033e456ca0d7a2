# Domain rules of auth, and its two users of cryptography. All in one program: each rule is small.
set(here ${CMAKE_CURRENT_LIST_DIR})
if(TARGET auth_parts)
    pal_unit_test(NAME services_auth
        SOURCES ${here}/test_password_rules.c ${here}/test_names.c ${here}/test_joining.c ${here}/test_roles.c
                ${here}/test_throttle.c ${here}/test_address.c ${here}/test_key_times.c ${here}/test_refreshing.c
                ${here}/test_picture.c ${here}/test_letter.c ${here}/test_seal.c ${here}/test_password.c
        DEPS auth_parts pal_base pal_proto)
endif()
